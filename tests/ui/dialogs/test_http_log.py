"""The window of HTTP exchanges: it follows, it is searched, copied and saved, and it holds no more than the log."""

from __future__ import annotations

import logging
import os
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from bankview.log.http import KEPT, Exchange, Recent
from bankview.ui.models.exchanges import SIZE, TIME, URL, Exchanges
from bankview.ui.windows.http_log import HttpLog

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

AT = datetime(2026, 11, 21, 9, 5, 7, 8_900, UTC)


def exchange(number: int, path: str = "accounts") -> Exchange:
    at = AT + timedelta(seconds=number)
    return Exchange(
        at, "GET", f"https://bank.example/{path}/{number}", 200, 12.4, 345, f"r-{number}"
    )


@pytest.fixture
def recent() -> Recent:
    return Recent()


def tell(recent: Recent, *exchanges: Exchange) -> None:
    for one in exchanges:
        recent.handle(logging.makeLogRecord({"msg": str(one), "exchange": one}))


@pytest.fixture
def window(recent: Recent, qtbot: QtBot) -> HttpLog:
    tell(recent, exchange(0), exchange(1, "transactions"))
    window = HttpLog(recent)
    qtbot.addWidget(window)
    window.show()
    return window


def shown(window: HttpLog, column: int = URL) -> list[str]:
    model = window.table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_what_was_before_it_opened_is_there(window: HttpLog) -> None:
    assert shown(window, TIME) == ["09:05:07.008", "09:05:08.008"]
    assert shown(window, SIZE) == ["345", "345"]
    assert window.count.text() == "2 exchanges"


def test_what_comes_is_shown_by_itself(window: HttpLog, recent: Recent, qtbot: QtBot) -> None:
    tell(recent, exchange(2))
    qtbot.waitUntil(lambda: window.count.text() == "3 exchanges", timeout=20_000)


def test_searching_leaves_what_has_the_words(window: HttpLog) -> None:
    QTest.keyClicks(window.search, "TRANS")
    assert shown(window) == ["https://bank.example/transactions/1"]
    assert window.count.text() == "1 of 2 exchanges"
    QTest.keyClicks(window.search, "zzz")
    assert not window.copy.isEnabled()
    assert not window.save.isEnabled()


def test_the_selected_lines_are_copied_else_all_that_are_shown(window: HttpLog) -> None:
    QTest.mouseClick(window.copy, Qt.MouseButton.LeftButton)
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text().splitlines() == [str(exchange(0)), str(exchange(1, "transactions"))]
    window.table.selectRow(1)
    QTest.mouseClick(window.copy, Qt.MouseButton.LeftButton)
    assert clipboard.text() == str(exchange(1, "transactions"))


def test_what_is_saved_is_the_owners_alone(window: HttpLog, tmp_path: Path) -> None:
    path = tmp_path / "http.log"
    path.write_text("something longer that was there before" * 9)
    window.save_lines(path)
    assert path.read_text().splitlines() == [str(exchange(0)), str(exchange(1, "transactions"))]
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_said(
    window: HttpLog, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.failed):
        window.save_lines(tmp_path / "nowhere" / "http.log")


def test_the_model_holds_no_more_than_the_log_and_keeps_qts_rules(qtbot: QtBot) -> None:
    model = Exchanges()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.add([exchange(n) for n in range(KEPT - 1)])
    model.add([exchange(n) for n in range(KEPT - 1, KEPT + 9)])
    assert model.rowCount() == KEPT
    assert model.exchange(0) == exchange(9)
    model.add([exchange(n) for n in range(3 * KEPT)])
    assert model.rowCount() == KEPT
    assert model.exchange(KEPT - 1) == exchange(3 * KEPT - 1)
    tester.deleteLater()
