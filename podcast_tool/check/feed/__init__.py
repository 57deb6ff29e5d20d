"""The rules that a feed is held against by what stands in it alone, whoever made it."""
