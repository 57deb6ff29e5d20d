"""podcast_tool turns a folder of recordings, sidecars and articles into a podcast feed and its pages."""

__version__ = "0.1.0"
