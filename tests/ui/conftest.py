"""A home with a bank and thirty rows, and a window over it."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bankview import language, words
from bankview.domain.account import Account
from bankview.domain.connection import Connection
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.oauth import clock
from bankview.paths import Paths
from bankview.store import connections, ledger
from bankview.sync.home import Home
from bankview.sync.merge import account_identity, merge
from bankview.ui.style import Look as Style
from bankview.ui.worker import Worker
from tests.screenshots.stage import application
from tests.ui.viewing import viewer_over
from tests.ui.wearing import wear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def transaction(number: int, text: str) -> Transaction:
    day = date(2026, 11, 1 + number % 19)
    return Transaction("key", Status.BOOKED, day, Money(-1000 - number, "NOK"), text, payee=text)


def fill(home: Home) -> None:
    with closing(home.database()) as db:
        connections.save_connection(db, Connection("dnb", "dnb", "DNB", last_success=NOON))
        account = connections.save_account(
            db,
            Account(
                "key", "Current", "NOK", "123", balance=Money(500_000, "NOK"), connection_id="dnb"
            ),
        )
        rows = [transaction(n, "Rema" if n % 3 else "Kiwi") for n in range(30)]
        changes = merge(account_identity("dnb", account), (), rows)
        ledger.publish(db, account, changes, NOON)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home.open(
        Paths.of(tmp_path / "home"), "passphrase", passphrase=lambda: "open", now=lambda: NOON
    )
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture
def worker(qapp: QApplication) -> Iterator[Worker]:
    made = Worker()
    yield made
    assert made.close()


@pytest.fixture
def viewer(home: Home, worker: Worker, qtbot: QtBot, tmp_path: Path) -> Iterator[Viewer]:
    made = viewer_over(home, worker, tmp_path, lambda: NOON)
    qtbot.addWidget(made.window)
    qtbot.waitUntil(lambda: made.transactions.model.rowCount() == 30, timeout=20_000)
    yield made
    made.close_ledger()


@pytest.fixture(autouse=True)
def _no_clock_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window's clock stands still here, and a bank's goes on: what lies between says nothing."""
    monkeypatch.setattr(clock, "ABSURD", 0.0)


#: Takes what must reach nobody, and lives as long as the tests: Qt may remember whom it told last.
_NOBODY: list[QWidget] = []


@pytest.fixture(autouse=True)
def _no_key_is_held() -> None:
    """A key that was struck with Control or Shift leaves them held until the next event, for the test after it too.

    Who selects a row then takes it out of the selection again, or selects up to it.
    """
    if QGuiApplication.keyboardModifiers() != Qt.KeyboardModifier.NoModifier:
        _NOBODY[:] = _NOBODY or [QWidget()]
        QTest.keyRelease(_NOBODY[0], Qt.Key.Key_Control)


@pytest.fixture
def qt(qapp: QApplication) -> Iterator[QApplication]:
    """The application, which speaks English again afterwards."""
    yield qapp
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.setParent(None)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    language.use("en")


@pytest.fixture
def drawn(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[QApplication]:
    """The application in the pictures' letters, place and hour; afterwards as it was."""
    before = (qapp.font(), qapp.palette(), qapp.cursorFlashTime())
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    words.person_code.cache_clear()
    yield application()
    monkeypatch.undo()
    time.tzset()
    words.person_code.cache_clear()
    language.use("en")
    font, palette, flash = before
    wear(qapp, Style())
    qapp.setFont(font)
    qapp.setPalette(palette)
    qapp.setCursorFlashTime(flash)
