"""The command itself, and what its subcommands take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from podcast_tool import __version__
from podcast_tool.errors import PodcastError
from podcast_tool.text import shown_path


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

# Beside the shows that inherit it (`read/show.py`), so that a shell gives its name for `shows/*`, too.
_DEFAULTS_FILE = "defaults.toml"


def is_defaults(place: str | Path) -> bool:
    """Whether it is what shows have in common, and no show."""
    path = Path(place)
    return path.name == _DEFAULTS_FILE and path.is_file()


class _ShowFolder(click.Path):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return Path(value) if is_defaults(value) else super().convert(value, param, ctx)


def _shows_alone(_: click.Context, __: click.Parameter, places: tuple[Path, ...]) -> tuple[Path, ...]:
    show_dirs = tuple(place for place in places if not is_defaults(place))
    if places and not show_dirs:
        raise click.BadParameter(f"{shown_path(str(places[0]))} is no show; give the folders beside it.")
    return show_dirs


SHOWS = click.argument(
    "show_dirs",
    metavar="[SHOW]...",
    nargs=-1,
    type=_ShowFolder(exists=True, file_okay=False, path_type=Path),
    callback=_shows_alone,
)
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
