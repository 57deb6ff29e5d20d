"""The words that feeds are written in: tables of names, as Apple and the Podcasting 2.0 namespace give them."""
