"""The media to publish, made once, under names that never change their bytes (SP-CACHE, AP-COVER-CHANGE)."""
