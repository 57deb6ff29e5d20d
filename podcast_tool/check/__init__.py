"""Values in, problems out: the rules of those who read feeds, by their ids. Pure."""
