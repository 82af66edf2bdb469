"""The person's own browser, started beside us and never waited for."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LOG = logging.getLogger(__name__)

#: Seconds that a starter gets to fail: xdg-open says within a fraction of one that there is no browser.
GRACE = 0.5
#: What a bundle's bootloader sets for our own libraries and keeps under NAME_ORIG; a browser must not see it.
_BUNDLED = ("LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "LIBPATH")
#: What points Qt, GTK and Python at our bundle.
_OURS = (
    "QT_PLUGIN_PATH",
    "QT_QPA_PLATFORM_PLUGIN_PATH",
    "QML2_IMPORT_PATH",
    "PYTHONHOME",
    "PYTHONPATH",
    "SSL_CERT_FILE",
)
#: Secrets that a person may hand us in the environment.
_SECRETS = (
    "BANKVIEW_PASSPHRASE",
    "BANKVIEW_CLIENT_SECRET",
    "BANKVIEW_KEY_PASSPHRASE",
    "BANKVIEW_ACCESS_TOKEN",
    "BANKVIEW_SUBJECT_TOKEN",
    "BANKVIEW_ACTOR_TOKEN",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What starting a browser depends on: the system, the environment, and whether we run from a bundle."""

    platform: str = sys.platform
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    frozen: bool = bool(getattr(sys, "frozen", False))

    @property
    def wsl(self) -> bool:
        """Whether this is Linux inside Windows, whose browser is Windows' own."""
        return self.platform == "linux" and bool(
            self.environment.get("WSL_DISTRO_NAME") or self.environment.get("WSL_INTEROP")
        )

    @property
    def displayed(self) -> bool:
        """Whether a window could be seen; without one xdg-open would fill the terminal with a text browser."""
        names = ("DISPLAY", "WAYLAND_DISPLAY")
        return self.platform in {"darwin", "win32"} or any(map(self.environment.get, names))


def open_browser(url: str, command: str = "", *, around: Surroundings | None = None) -> bool:
    """Open a URL in `command`, else $BROWSER, else the system's browser; tell whether one seems to have started.

    A command is split as by a shell; `%s` in it is replaced by the URL, else the URL is appended. It never waits for
    the browser, and opens nothing but http and https addresses.
    """
    if not is_safe(url):
        LOG.warning("an address that is no plain http or https address was not opened")
        return False
    around = around or Surroundings()
    if around.platform == "win32" and not command and not around.environment.get("BROWSER"):
        return _start_file(url)
    environment = clean_environment(around)
    return any(
        _start(line, environment, told=bool(command)) for line in _candidates(url, command, around)
    )


def is_safe(url: str) -> bool:
    """Tell whether a URL is plain http or https with a host, and has nothing that a command line could trip over."""
    if not url.isascii() or any(char <= " " or char in '\x7f"<>\\^`{|}' for char in url):
        return False
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        )
    except ValueError:
        return False


def clean_environment(around: Surroundings) -> dict[str, str]:
    """Return the environment for a program that is not ours: without our secrets, and without our bundle's libraries."""
    environment = {
        name: value for name, value in around.environment.items() if name not in _SECRETS
    }
    if around.frozen:
        for name in _OURS:
            environment.pop(name, None)
        for name in _BUNDLED:
            environment.pop(name, None)
            original = environment.pop(f"{name}_ORIG", "")
            if original:
                environment[name] = original
    return environment


def _candidates(url: str, command: str, around: Surroundings) -> Iterator[list[str]]:
    """Yield command lines, the best first."""
    if command:
        yield from _line(command, url, around)
        return
    for wish in around.environment.get("BROWSER", "").split(os.pathsep):
        yield from _line(wish.strip().removesuffix("&"), url, around)
    if around.platform == "darwin":
        yield ["open", url]
    elif around.wsl:
        yield ["wslview", url]
        yield ["explorer.exe", url]
    if around.platform not in {"darwin", "win32"} and around.displayed:
        for starter in ("xdg-open", "gio", "x-www-browser", "firefox", "chromium", "google-chrome"):
            yield [starter, "open", url] if starter == "gio" else [starter, url]


def _line(command: str, url: str, around: Surroundings) -> Iterator[list[str]]:
    try:
        words = shlex.split(command, posix=around.platform != "win32")
    except ValueError:
        LOG.info("a browser command has an open quote and was left out")
        return
    if around.platform == "win32":
        words = [word.strip('"') for word in words]
    if any("%s" in word for word in words):
        yield [word.replace("%s", url) for word in words]
    elif words:
        yield [*words, url]


def _start(line: Sequence[str], environment: Mapping[str, str], *, told: bool) -> bool:
    """Start a program in a session of its own and tell whether it lives, or ended well, after a moment.

    One that we were `told` to start may speak on stderr; on stdout it would mix with our own.
    """
    program = shutil.which(line[0], path=environment.get("PATH"))
    if program is None:
        return False
    try:
        process = subprocess.Popen(  # noqa: S603 - the person's own browser, and a checked URL
            [program, *line[1:]],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if told and sys.stderr else subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        LOG.info("%s could not be started: %s", line[0], error.strerror)
        return False
    return _lives(process, line[0])


def _lives(process: subprocess.Popen[bytes], name: str) -> bool:
    try:
        code = process.wait(GRACE)
    except subprocess.TimeoutExpired:
        # It outlives us and nobody waits for it; without this, Python warns of a process left behind.
        process.returncode = 0
        return True
    # Explorer says 1 when all went well.
    return code == 0 or (code == 1 and name.lower().endswith("explorer.exe"))


def _start_file(url: str) -> bool:
    starter = getattr(os, "startfile", None)
    if starter is None:
        return False
    try:
        starter(url)
    except OSError as error:
        LOG.info("the browser could not be started: %s", error.strerror)
        return False
    return True
