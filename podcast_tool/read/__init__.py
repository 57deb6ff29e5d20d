"""A file in, a value out: what staff wrote, what was published before, and the clock."""
