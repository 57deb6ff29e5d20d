"""The command itself, and what its subcommands take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podcast_tool import __version__
from podcast_tool.errors import PodcastError
from podcast_tool.text import shown_path

if TYPE_CHECKING:
    pass


class PodcastGroup(click.Group):
    """Turns our errors into click's, so that no command has a `try`."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PodcastError as error:
            raise click.ClickException(shown_path(str(error))) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            name = shown_path(str(error.filename or "standard output"))
            raise click.ClickException(f"{name}: {error.strerror}; mend that and run the command again") from error


SHOW_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


SHOWS = click.argument("show_dirs", metavar="[SHOW]...", nargs=-1, type=SHOW_FOLDER)


SHOW = click.argument("show_dir", metavar="[SHOW]", default=".", type=SHOW_FOLDER)


@click.group(cls=PodcastGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="podcast_tool")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Turn a folder of episodes into a podcast feed.

    SHOW is the folder that holds episodes/; left out, it is the one you stand in.
    """
    if os.environ.get("NO_COLOR"):  # no-color.org: any value but an empty one
        ctx.color = False
