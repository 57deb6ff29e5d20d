"""Descriptions and the ledger in, identities out: who each episode is, for ever. Pure."""
