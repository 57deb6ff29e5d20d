"""What has to change in feed/, and changing it: the only writer of feed/."""
