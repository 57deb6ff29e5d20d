"""The only writer of episodes/."""
