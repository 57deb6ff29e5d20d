"""All that knows how picture files are laid out, and what it costs to decode them."""
