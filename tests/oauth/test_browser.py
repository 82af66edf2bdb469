"""The person's browser: which one is started, with what, and what is never opened."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from bankview.oauth.browser import Surroundings, clean_environment, is_safe, open_browser

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

URL = "https://bank.example/authorize?state=a%20b&x=$HOME;`id`".replace("`", "'")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


class Desk:
    """A folder of programs, and what each of them was started with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, *, code: int = 0, stays: bool = False) -> str:
        """Make a program that writes down its words and its environment, and ends with this code."""
        path = self.folder / name
        ends = f"exec sleep 20 < {self.gate}" if stays else f"exit {code}"
        path.write_text(
            f'#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done > {path}.args.new\n'
            f"env > {path}.env\nmv {path}.args.new {path}.args\n{ends}\n"
        )
        path.chmod(0o755)
        return str(path)

    @property
    def gate(self) -> str:
        return "/dev/null"

    def words(self, name: str) -> list[str] | None:
        path = self.folder / f"{name}.args"
        return path.read_text().splitlines() if path.exists() else None

    def environment(self, name: str) -> dict[str, str]:
        lines = (self.folder / f"{name}.env").read_text().splitlines()
        return dict(line.partition("=")[::2] for line in lines)

    def around(self, platform: str = "linux", *, frozen: bool = False, **more: str) -> Surroundings:
        path = f"{self.folder}{os.pathsep}/usr/bin{os.pathsep}/bin"
        return Surroundings(platform, {"PATH": path, "DISPLAY": ":9", **more}, frozen)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_system_browser_gets_the_address(desk: Desk) -> None:
    desk.put("xdg-open")
    assert open_browser(URL, around=desk.around())
    assert desk.words("xdg-open") == [URL]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("visit", [URL]),
        ("visit --as household", ["--as", "household", URL]),
        ("visit --url=%s --now", [f"--url={URL}", "--now"]),
        ("visit %s %s", [URL, URL]),
        ("visit 'two words' \"a 'b'\" c\\ d", ["two words", "a 'b'", "c d", URL]),
        ("visit '$HOME' ; rm -rf x | y", ["$HOME", ";", "rm", "-rf", "x", "|", "y", URL]),
    ],
)
def test_a_command_is_split_as_by_a_shell_and_given_the_address(
    desk: Desk, command: str, words: list[str]
) -> None:
    desk.put("visit")
    assert open_browser(URL, command, around=desk.around())
    assert desk.words("visit") == words


def test_a_command_wins_over_everything(desk: Desk) -> None:
    for name in ("mine", "theirs", "xdg-open"):
        desk.put(name)
    assert open_browser(URL, "mine", around=desk.around(BROWSER="theirs"))
    assert desk.words("theirs") is None
    assert desk.words("xdg-open") is None


@pytest.mark.parametrize("command", ["no-such-program", "fails", "'open quote", "/etc/passwd"])
def test_a_command_that_cannot_be_started_is_not_replaced_by_another_browser(
    desk: Desk, command: str
) -> None:
    desk.put("xdg-open")
    desk.put("fails", code=3)
    assert not open_browser(URL, command, around=desk.around())
    assert desk.words("xdg-open") is None


def test_the_browser_variable_is_a_list_tried_in_order(desk: Desk) -> None:
    desk.put("second")
    desk.put("third")
    wishes = os.pathsep.join(["no-such-program", "'open", "", "second --new %s &", "third"])
    assert open_browser(URL, around=desk.around(BROWSER=wishes))
    assert desk.words("second") == ["--new", URL]
    assert desk.words("third") is None


def test_after_the_browser_variable_comes_the_systems(desk: Desk) -> None:
    desk.put("fails", code=1)
    desk.put("xdg-open")
    assert open_browser(URL, around=desk.around(BROWSER="fails"))
    assert desk.words("xdg-open") == [URL]


def test_a_starter_without_a_browser_is_no_success(desk: Desk) -> None:
    """xdg-open ends with 3 where it finds none."""
    names = ("xdg-open", "gio", "x-www-browser", "firefox", "chromium", "google-chrome")
    for name in names:
        desk.put(name, code=3)
    assert not open_browser(URL, around=desk.around())
    assert [desk.words(name) for name in names] == [
        [URL],
        ["open", URL],
        [URL],
        [URL],
        [URL],
        [URL],
    ]


def test_nothing_is_started_where_no_window_could_be_seen(desk: Desk) -> None:
    desk.put("xdg-open")
    assert not open_browser(URL, around=desk.around(DISPLAY=""))
    assert desk.words("xdg-open") is None


def test_wayland_is_a_display_too(desk: Desk) -> None:
    desk.put("xdg-open")
    assert open_browser(URL, around=desk.around(DISPLAY="", WAYLAND_DISPLAY="wayland-0"))


def test_windows_own_browser_is_used_from_linux_inside_it(desk: Desk) -> None:
    desk.put("wslview")
    desk.put("xdg-open")
    assert open_browser(URL, around=desk.around(WSL_DISTRO_NAME="Debian", DISPLAY=""))
    assert desk.words("wslview") == [URL]
    assert desk.words("xdg-open") is None


def test_explorers_1_is_a_success(desk: Desk) -> None:
    desk.put("explorer.exe", code=1)
    assert open_browser(URL, around=desk.around(WSL_DISTRO_NAME="Debian", DISPLAY=""))
    assert desk.words("explorer.exe") == [URL]


def test_a_mac_opens_with_open(desk: Desk) -> None:
    desk.put("open")
    assert open_browser(URL, around=desk.around("darwin", DISPLAY=""))
    assert desk.words("open") == [URL]


def test_a_browser_that_stays_is_not_waited_for(desk: Desk) -> None:
    gate = desk.folder / "gate"
    os.mkfifo(gate)
    path = desk.folder / "stays"
    path.write_text(f"#!/bin/sh\nread line < {gate}\n")
    path.chmod(0o755)
    assert open_browser(URL, "stays", around=desk.around())
    with gate.open("w") as end:
        end.write("now\n")


def test_a_frozen_app_gives_a_browser_the_systems_libraries(desk: Desk) -> None:
    desk.put("xdg-open")
    around = desk.around(
        frozen=True,
        LD_LIBRARY_PATH="/opt/bankview/_internal",
        LD_LIBRARY_PATH_ORIG="/usr/local/lib",
        LD_PRELOAD="/opt/bankview/x.so",
        QT_PLUGIN_PATH="/opt/bankview/plugins",
        PYTHONHOME="/opt/bankview",
        LANG="nb_NO.UTF-8",
    )
    assert open_browser(URL, around=around)
    environment = desk.environment("xdg-open")
    assert environment["LD_LIBRARY_PATH"] == "/usr/local/lib"
    assert environment["LANG"] == "nb_NO.UTF-8"
    assert not environment.keys() & {
        "LD_LIBRARY_PATH_ORIG",
        "LD_PRELOAD",
        "QT_PLUGIN_PATH",
        "PYTHONHOME",
    }


def test_without_an_original_the_bundles_libraries_are_simply_gone() -> None:
    around = Surroundings("linux", {"LD_LIBRARY_PATH": "/opt/bankview"}, frozen=True)
    assert clean_environment(around) == {}


def test_from_a_source_tree_the_environment_stays_as_it_is() -> None:
    environment = {"LD_LIBRARY_PATH": "/usr/local/lib", "PYTHONPATH": "/x", "QT_PLUGIN_PATH": "/y"}
    assert clean_environment(Surroundings("linux", environment, frozen=False)) == environment


@pytest.mark.parametrize("frozen", [True, False])
def test_our_secrets_are_not_handed_to_a_browser(frozen: bool) -> None:
    environment = {
        "BANKVIEW_PASSPHRASE": "a",
        "BANKVIEW_CLIENT_SECRET": "b",
        "BANKVIEW_KEY_PASSPHRASE": "c",
        "BANKVIEW_ACCESS_TOKEN": "d",
        "BANKVIEW_HOME": "~/bank",
    }
    kept = clean_environment(Surroundings("linux", environment, frozen))
    assert kept == {"BANKVIEW_HOME": "~/bank"}


UNSAFE = [
    "",
    "bank.example",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "--profile=x",
    "-https://bank.example",
    "https://",
    "https:bank.example",
    "https://bank.example/\n--x",
    "https://bank.example/ x",
    "https://bank.example/\x00",
    "https://bank.example/\x7f",
    'https://bank.example/"x"',
    "https://bank.example/`id`",
    "https://bank.example/a|b",
    "https://bank.example\\@evil.example/",
    "https://me@bank.example/",
    "https://bänk.example/",
    "https://[::1/",
    "ftp://bank.example/",
]


@pytest.mark.parametrize("url", UNSAFE)
def test_nothing_but_a_plain_web_address_is_opened(
    desk: Desk, url: str, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("was not opened")
    desk.put("visit")
    assert not open_browser(url, "visit", around=desk.around())
    assert desk.words("visit") is None


@pytest.mark.parametrize(
    "url", [URL, "http://127.0.0.1:8801/authorize?x=y", "HTTPS://Bank.Example"]
)
def test_a_plain_web_address_is_one(url: str) -> None:
    assert is_safe(url)
