"""The layout that the README describes, held against the code."""

from __future__ import annotations

import ast
import configparser
from functools import cache
from pathlib import Path

import pytest

from .conftest import REPOSITORY

PACKAGE = REPOSITORY / "podcast_tool"

# Each outside library has one place: a folder or a module.
PLACES = {
    "babel": ["render"],
    "click": ["cli"],
    "feedgen": ["render"],
    "filelock": ["publish"],
    "httpcore": ["read"],
    "jinja2": ["render"],
    "lxml": ["read", "render"],  # HTML and feeds in, feeds out
    "linkify_it": ["read"],
    "mammoth": ["read"],
    "markdown_it": ["read"],
    "markupsafe": ["render"],
    "msgspec": ["read"],
    "mutagen": ["audio"],
    "nh3": ["read", "render"],  # parses HTML as HTML5; the last look at what goes out
    "PIL": ["picture", "produce", "check"],  # there it reads the colours of a theme
    "av": ["audio"],
    "segno": ["render"],
    "starlette": ["serving"],
    "tomlkit": ["authoring"],
    "uvicorn": ["serving"],
    "yaml": ["read"],
}

# What a stage may import of ours: the bottom, and the rooms named here. `audio` and `picture` are no stages but know
# their kinds of files.
ROOMS = {
    "audio": [],
    "picture": [],
    "read": ["audio", "picture"],
    "describe": [],
    "identify": [],
    "produce": ["audio", "picture"],
    "check": [],
    "render": [],
    "publish": [],
    "authoring": ["audio", "picture", "read"],  # beside the stages: it writes what they read
    "serving": [],  # behind them: it reads what they wrote
}
BOTTOM = ["model", "errors", "text", "vocabulary"]


@cache
def _modules() -> dict[str, ast.Module]:
    return {
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
        for path in PACKAGE.rglob("*.py")
    }


def _imports(module: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports inside the package are written out"
            names.add(node.module or "")
    return names


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("name", sorted(_modules()))
def test_stages_do_not_know_each_other(name: str) -> None:
    """A stage takes the values of the stage before it, never its module; only pipeline/ knows the order."""
    room = _room(name)
    if room in ("pipeline", "cli", "__main__", "__init__"):
        return
    ours = {_room(module) for module in _imports(_modules()[name]) if module.startswith("podcast_tool.")}
    if room in BOTTOM:
        assert ours <= {room}
    else:
        assert ours <= {room, *BOTTOM, *ROOMS[room]}


def test_each_library_has_one_place() -> None:
    """So that it can be replaced there, and only there."""
    for name, module in _modules().items():
        for imported in {name.split(".")[0] for name in _imports(module)} & set(PLACES):
            assert _room(name) in PLACES[imported], f"{name} imports {imported}"


def test_every_library_is_declared() -> None:
    """What the code imports stands in setup.cfg, and the other way round."""
    config = configparser.ConfigParser()
    config.read(REPOSITORY / "setup.cfg")
    extra = config["options.extras_require"]["audio"]  # what only some recordings need
    declared = {line.split(">")[0].lower() for line in (config["options"]["install_requires"] + extra).split()}
    distributions = {"PIL": "pillow", "yaml": "pyyaml", "markdown_it": "markdown-it-py", "linkify_it": "linkify-it-py"}
    needed = {distributions.get(name, name) for name in PLACES}

    # tzdata is data for zoneinfo; markupsafe comes with Jinja2.
    assert declared - {"tzdata"} == needed - {"markupsafe"}


def test_no_module_imports_in_a_circle() -> None:
    """At load time, counting imports of the module's top level."""
    graph = {
        name: {
            node.module or ""
            for node in module.body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("podcast_tool")
        }
        for name, module in _modules().items()
    }

    def reaches(start: str, goal: str, seen: set[str]) -> bool:
        for following in graph.get(start, set()) - seen:
            seen.add(following)
            if following == goal or reaches(following, goal, seen):
                return True
        return False

    assert not [name for name in graph if reaches(name, name, set())]


def test_readme_begins_with_the_two_lines() -> None:
    """Before any other line of code: one that publishes, one that tests; .ci/run calls the very same."""
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    code = [line for block in readme.split("```")[1::2] for line in block.splitlines()[1:]]

    assert code[0].startswith("python3 -m venv")
    assert code[0].endswith("podcast_tool publish")
    assert code[1].endswith("pytest")
    assert code[1] in (REPOSITORY / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("field", ["show", "sidecar"])
def test_readme_names_every_field(field: str) -> None:
    """Each key of show.toml and of a sidecar stands in the README."""
    from podcast_tool.read import show, sidecar

    readme = (REPOSITORY / "README.md").read_text("utf-8")
    fields = {"show": show.FIELDS, "sidecar": sidecar.FIELDS}[field]

    assert not [name for name in fields if f"`{name}`" not in readme]


def test_changelog_tells_of_this_version() -> None:
    """Keep a Changelog, with an entry for what is installed or for what comes next."""
    changelog = Path(REPOSITORY / "CHANGELOG.md").read_text("utf-8")

    assert "## Unreleased" in changelog
