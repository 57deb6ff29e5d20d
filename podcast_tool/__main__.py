"""`python -m podcast_tool` is the command `podcast_tool`."""

from podcast_tool.cli import main

main()
