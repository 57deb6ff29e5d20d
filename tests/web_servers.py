"""Debian's nginx and Apache, each with the configuration that the README gives for it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .conftest import REPOSITORY, need_command

_APACHE_MODULES = Path("/usr/lib/apache2/modules")
# Those that Debian turns on by itself, as far as they matter here, and those that the README names.
_MODULES = (
    *("mpm_event", "authz_core", "alias", "autoindex", "dir", "filter", "mime", "negotiation", "setenvif"),
    *("deflate", "headers", "rewrite"),
)


@contextmanager
def running_nginx(feed_dir: Path) -> Iterator[int]:
    """nginx with a copy of *feed_dir*, as a user who owns nothing else; gives its port."""
    nginx, port = need_command("nginx"), free_port()
    with _folder_with(feed_dir) as folder:
        configuration = _configuration(
            "nginx",
            {
                "listen 80;": f"listen 127.0.0.1:{port};",
                "listen [::]:80;": "",
                "root /var/www/podcast;": f"root {folder}/feed;",
            },
        )
        rooms = "".join(
            f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{ }}\n"
            f"http {{\naccess_log off;\n{rooms}{configuration}}}\n"
        )
        with _started([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"], folder, port):
            yield port


@contextmanager
def running_apache(feed_dir: Path) -> Iterator[int]:
    """The same with Apache, which knows no types of files but those of the README."""
    apache, port = need_command("apache2"), free_port()
    with _folder_with(feed_dir) as folder:
        configuration = _configuration("apache", {"/var/www/podcast>": f"{folder}/feed>"})
        modules = "".join(f"LoadModule {name}_module {_APACHE_MODULES}/mod_{name}.so\n" for name in _MODULES)
        (folder / "apache.conf").write_text(
            f"ServerRoot {folder}\nServerName podcast.example.org\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\n"
            f"DefaultRuntimeDir {folder}\nErrorLog {folder}/errors\n{modules}TypesConfig /dev/null\n"
            f"DocumentRoot {folder}/feed\n{configuration}"
        )
        with _started([apache, "-D", "FOREGROUND", "-f", str(folder / "apache.conf")], folder, port):
            yield port


def free_port() -> int:
    """One that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _configuration(server: str, changes: Mapping[str, str]) -> str:
    """What the README gives for a server, but for where it listens and what it serves."""
    found = re.search(rf"```{server}\n(.*?)```", (REPOSITORY / "README.md").read_text("utf-8"), re.DOTALL)
    assert found
    configuration = found[1]
    for old, new in changes.items():
        assert configuration.count(old) == 1
        configuration = configuration.replace(old, new)
    return configuration


@contextmanager
def _folder_with(feed_dir: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="podcast_tool-host-"))
    try:
        shutil.copytree(feed_dir, folder / "feed")
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _started(command: Sequence[str], folder: Path, port: int) -> Iterator[None]:
    unprivileged: dict[str, Any] = {}
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534)
        unprivileged = {"user": 65534, "group": 65534, "extra_groups": []}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, **unprivileged)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
