"""Enable Banking from an empty home: signed calls, a consent as long as the bank gives, and accounts named anew by each."""

from __future__ import annotations

import json
import shlex
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTreeWidget

from bankview.paths import Paths
from bankview.sandbox.visitor import answer
from bankview.sync.home import Home
from bankview.ui.sign_in import SignIn
from bankview.ui.widgets.text import Link
from bankview.ui.windows.connect import ConnectDialog, Offer
from bankview.ui.worker import Worker
from tests.e2e.story import ROOT, App, Bank, connected_ids, facts
from tests.ui.dialogs.conftest import child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

MS = 30_000
ID = "enable-household"
#: How a key in PEM begins, and a token that it signed.
#: How a key begins, and a token, whichever of its members comes first.
SECRET = (b"PRIVATE KEY", b"eyJhbGci", b"eyJ0eXAi", b"eyJraWQi")


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App.in_home(tmp_path / "T")


@pytest.fixture
def connect(app: App, household: Bank) -> Callable[[], str]:
    def sign_in() -> str:
        profile = str(household.profile(ID))
        said = app.run("connect", "--profile", profile, "--browser", app.as_browser())
        return connected_ids(said)[-1]

    return sign_in


def test_the_whole_story(
    app: App, household: Bank, connect: Callable[[], str], tmp_path: Path
) -> None:
    assert connect() == ID
    app.run("sync", "--log-http", str(tmp_path / "http.log"))
    books = facts(household.books())
    assert app.rows(tmp_path / "first.csv") == books
    app.run("sync")
    assert app.rows(tmp_path / "second.csv") == books
    assert (tmp_path / "http.log").is_file()
    for path in filter(Path.is_file, tmp_path.rglob("*")):
        assert not any(word in path.read_bytes() for word in SECRET), path

    before = len(json.loads(app.run("accounts", "--json")))
    household.expire()
    app.run("sync", code=3)
    assert [one["state"] for one in json.loads(app.run("connections", "--json"))] == ["sign_in"]
    assert connect() == ID
    app.run("sync")
    assert app.rows(tmp_path / "third.csv") == books
    assert len(json.loads(app.run("accounts", "--json"))) == before

    assert "is disconnected" in app.run("disconnect", ID)
    app.run("api", ID, "GET", "application", code=3)
    assert app.rows(tmp_path / "fourth.csv") == books


def test_an_answer_on_a_page_that_nobody_serves_is_pasted(app: App, household: Bank) -> None:
    command = ["connect", "--profile", str(household.profile(f"{ID}-paste"))]
    browser = ["--browser", shlex.join([sys.executable, "-c", ""])]
    with app.process(*command, *browser, stdin=subprocess.PIPE) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        url = next(line.strip() for line in lines if line.startswith("http"))
        out, err = process.communicate(f"{answer(url)}\n", timeout=60)
    assert process.returncode == 0, err
    assert connected_ids(out)[-1] == f"{ID}-paste"
    named = json.loads(app.run("connections", "--json"))
    assert [one["name"] for one in named] == ["Fjordbanken"]


@pytest.mark.browser
def test_an_answer_at_an_https_address_is_caught_behind_the_browser_s_warning(
    app: App, household: Bank
) -> None:
    profile = str(household.profile(f"{ID}-caught"))
    browser = shlex.join([sys.executable, str(ROOT / "tests/e2e/chromium.py"), "%s", "--warned"])
    said = app.run("connect", "--profile", profile, "--listen", "--browser", browser)
    assert connected_ids(said)[-1] == f"{ID}-caught"
    app.run("connect", "--profile", str(household.profile(ID)), "--listen", code=2)


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def dialog(tmp_path: Path, opened: list[str], qtbot: QtBot) -> Iterator[ConnectDialog]:
    """The connect dialog, with a browser that goes nowhere by itself."""
    worker = Worker()
    with closing(Home.open(Paths.of(tmp_path / "T"), "memory")) as home:
        offer = Offer((), (), home.adopt, "Secret Service")

        def browse(url: str) -> bool:
            opened.append(url)
            return True

        made = ConnectDialog(offer, SignIn(home, worker, browse), None)
        qtbot.addWidget(made)
        made.show()
        yield made
        made.reject()
        assert worker.close()


def waits(dialog: ConnectDialog, household: Bank, opened: list[str], qtbot: QtBot) -> None:
    """Go on until the browser is at the bank."""
    dialog.take_file(household.profile(f"{ID}-caught"))
    qtbot.waitUntil(lambda: bool(opened), timeout=MS)
    qtbot.waitUntil(child(dialog, QLineEdit, "pasted-address").isVisible, timeout=MS)


def press(dialog: ConnectDialog, name: str) -> None:
    child(dialog, QPushButton, name).click()


def arrives(dialog: ConnectDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(child(dialog, QTreeWidget, "accounts-found").isVisible, timeout=MS)


def said(dialog: ConnectDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


@pytest.mark.window
def test_the_window_asks_for_the_address_that_the_browser_ends_at(
    dialog: ConnectDialog, household: Bank, opened: list[str], qtbot: QtBot
) -> None:
    waits(dialog, household, opened, qtbot)
    assert "copy its whole address to here" in said(dialog)
    child(dialog, QLineEdit, "pasted-address").setText(answer(opened[0]))
    press(dialog, "use-address")
    arrives(dialog, qtbot)


@pytest.mark.window
def test_the_window_says_what_the_browser_will_show_and_then_catches_the_answer(
    dialog: ConnectDialog, household: Bank, opened: list[str], qtbot: QtBot
) -> None:
    waits(dialog, household, opened, qtbot)
    child(dialog, Link, "catch-address").click()
    assert "Your browser will warn of 127.0.0.1:18574" in said(dialog)
    with socket.create_server(("127.0.0.1", 18574)):
        press(dialog, "catch")
        qtbot.waitUntil(lambda: "Port 18574 is in use" in said(dialog), timeout=MS)
    press(dialog, "catch")
    qtbot.waitUntil(lambda: "Bankview listens now" in said(dialog), timeout=MS)
    trusting = ssl.create_default_context(cadata=ssl.get_server_certificate(("127.0.0.1", 18574)))
    delivered = threading.Thread(
        target=lambda: urlopen(answer(opened[0]), context=trusting, timeout=60).close()
    )
    delivered.start()
    arrives(dialog, qtbot)
    delivered.join()
