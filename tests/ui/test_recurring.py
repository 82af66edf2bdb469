"""The page of recurring payments: what it lists, sums up and folds, and what lies behind a row."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.store import connections, ledger
from bankview.ui.models.recurring import Column
from bankview.ui.widgets.sidebar_rows import PageRow
from bankview.ui.windows.pages import rows
from bankview.ui.windows.recurring import Recurring
from tests.ui.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.facts import Facts
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

pytestmark = pytest.mark.window
PATIENCE = 20_000
NO_FACTS: Facts = None  # type: ignore[assignment]


def monthly(payee: str, minor: int, last: date, *, step: int = 0) -> Iterator[Transaction]:
    """Yield six payments, the last on a day; each is by `step` less than the one after it."""
    for n in range(6):
        year, month = divmod(last.year * 12 + last.month - 1 - n, 12)
        day = date(year, month + 1, last.day)
        amount = Money(minor + n * step, "NOK")
        own = f"{payee}-{n}"
        yield Transaction("key", Status.BOOKED, day, amount, payee, payee=payee, id=own)


def publish(home: Home, *payments: Iterator[Transaction]) -> None:
    with closing(home.database()) as db:
        (account,) = connections.accounts(db)
        found = [row.but(account_id=account.id) for each in payments for row in each]
        ledger.publish(db, account, ledger.Changes(insert=tuple(found)), NOON)


@pytest.fixture
def page(home: Home, worker: Worker, qtbot: QtBot) -> Recurring:
    made = Recurring(worker, home)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    return made


def lines(page: Recurring) -> list[list[str]]:
    model = page.model
    return [[model.index(n, column).data() for column in Column] for n in range(model.rowCount())]


def test_what_recurs_is_listed_with_its_next_day_and_summed_up(
    page: Recurring, home: Home, qtbot: QtBot
) -> None:
    QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    publish(
        home,
        monthly("Strøm AS 4711", -120_000, date(2026, 11, 10), step=1000),
        monthly("Lønn", 3_000_000, date(2026, 11, 12)),
    )
    page.refresh(NO_FACTS, masked=False)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=PATIENCE)
    power, pay = lines(page)
    assert power[:4] == ["Strøm AS 4711", "Every month", "10 November", "10 December"]
    assert [power[Column.RANGE], pay[Column.RANGE]] == ["−1,150.00 to −1,200.00", ""]
    assert pay[Column.AMOUNT] == "+30,000.00\N{NO-BREAK SPACE}NOK"
    assert page.sums.text().endswith(" +30,000.00 and −1,180.00\N{NO-BREAK SPACE}NOK")
    assert not page.fold.isVisible()


def test_what_has_ended_is_folded(page: Recurring, home: Home, qtbot: QtBot) -> None:
    publish(home, monthly("Avis", -9900, date(2026, 5, 10)))
    page.refresh(NO_FACTS, masked=False)
    qtbot.waitUntil(page.fold.isVisible, timeout=PATIENCE)
    assert (lines(page), page.sums.text()) == ([], "")
    assert page.fold.text() == "Show 1 that ended"
    page.fold.click()
    assert [line[Column.NEXT] for line in lines(page)] == ["Ended"]
    page.fold.click()
    assert lines(page) == []


def test_hidden_amounts_leave_no_digit_of_them(page: Recurring, home: Home, qtbot: QtBot) -> None:
    publish(home, monthly("Power", -120_000, date(2026, 11, 10), step=1000))
    page.refresh(NO_FACTS, masked=True)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE)
    hidden = [page.sums.text(), *lines(page)[0][Column.RANGE :]]
    assert not any(letter.isdigit() for text in hidden for letter in text)
    page.refresh(NO_FACTS, masked=False)
    assert lines(page)[0][Column.AMOUNT] == "−1,180.00\N{NO-BREAK SPACE}NOK"


def test_return_and_a_click_ask_for_the_rows_behind_it(
    page: Recurring, home: Home, qtbot: QtBot
) -> None:
    publish(home, monthly('Strøm "Nord" 4711', -120_000, date(2026, 11, 10)))
    page.refresh(NO_FACTS, masked=False)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE)
    asked: list[str] = []
    page.rows_asked.connect(asked.append)
    page.table.selectRow(0)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    place = page.table.visualRect(page.model.index(0, 0)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == ['payee:"Strøm  Nord" currency:NOK is:out'] * 2


def test_a_ledger_without_any_says_so(page: Recurring, home: Home, qtbot: QtBot) -> None:
    with closing(home.database()) as db:
        db.run("DELETE FROM tx")
    page.refresh(NO_FACTS, masked=False)
    qtbot.waitUntil(page.nothing.isVisible, timeout=PATIENCE)
    assert page.nothing.text().startswith("Nothing that comes again")


def test_the_sidebar_leads_to_it(viewer: Viewer, qtbot: QtBot) -> None:
    assert "recurring" in [row.name for row in rows() if isinstance(row, PageRow)]
    viewer.sidebar.choose(("page", "recurring"))
    qtbot.waitUntil(lambda: isinstance(viewer.stack.currentWidget(), Recurring), timeout=PATIENCE)
