"""The media to publish, each made once and then kept under its address."""
