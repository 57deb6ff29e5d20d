"""Values in, bytes out: the feed, its items, the pages, the ledger. Pure; feedgen and Jinja2 are used nowhere else."""
