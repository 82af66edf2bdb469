"""The page of charts in the window: what is chosen, what comes of it, and the way into a category."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDateEdit

from bankview.domain.account import Account
from bankview.domain.connection import Connection, State
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import LedgerBusyError
from bankview.paths import Paths
from bankview.store import connections, ledger
from bankview.store.view import Filter, Order
from bankview.sync.home import Home
from bankview.sync.merge import account_identity, merge
from bankview.ui.charts.periods import Period, begin, months
from bankview.ui.facts import Facts, Question, read_first
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.banded import WIDE
from bankview.ui.windows.charts import Charts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QComboBox
    from pytestqt.qtbot import QtBot

    from bankview.ui.worker import Worker

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
#: Days ago, amount, payee, category.
ROWS = (
    (1, -10_000, "Rema", "food.groceries"),
    (2, -4_000, "Bistro", "food.restaurants"),
    (3, 90_000, "Work", "income.salary"),
    (30, -7_000, "Rema", "food.groceries"),
    (40, -2_500, "Bus", "transport"),
    (300, -1_100, "Bus", "transport"),
)


def fill(home: Home) -> None:
    with closing(home.database()) as db:
        behind = datetime(2026, 11, 2, 12, tzinfo=UTC)
        connections.save_connection(
            db, Connection("dnb", "dnb", "DNB", state=State.SIGN_IN, last_success=behind)
        )
        for number, currency in (("1", "NOK"), ("2", "NOK"), ("3", "EUR")):
            account = connections.save_account(
                db,
                Account(
                    f"k{number}",
                    f"Account {number}",
                    currency,
                    number,
                    balance=Money(500_000, currency),
                    connection_id="dnb",
                ),
            )
            rows = [
                Transaction(
                    "k",
                    Status.BOOKED,
                    NOON.date() - timedelta(days=ago),
                    Money(minor * int(number), currency),
                    payee,
                    payee=payee,
                    kind=kind,
                )
                for ago, minor, payee, kind in ROWS
                if number != "2"
            ]
            changes = merge(account_identity("dnb", account), (), rows)
            ledger.publish(db, account, changes, NOON)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home.open(
        Paths.of(tmp_path / "home"), "passphrase", passphrase=lambda: "open", now=lambda: NOON
    )
    yield opened
    opened.close()


def facts(home: Home) -> Facts:
    with closing(home.database()) as db:
        return read_first(db, NOON, Question(Filter(), Order.DATE, down=True))


@pytest.fixture
def page(home: Home, worker: Worker, qtbot: QtBot) -> Charts:
    fill(home)
    made = Charts(worker, home)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    made.refresh(facts(home), masked=False)
    read(qtbot, worker)
    return made


def read(qtbot: QtBot, worker: Worker) -> None:
    """Wait until nothing is read any more."""
    qtbot.waitUntil(lambda: not worker._waiting, timeout=20_000)


def choose(box: QComboBox, words: str) -> None:
    box.setCurrentIndex(box.findText(words))
    box.activated.emit(box.currentIndex())


def names(page: Charts) -> list[str]:
    return [name for name, _ in page.spending.ranks.numbers().rows]


def test_all_five_charts_show_the_currency_of_most_accounts(page: Charts) -> None:
    assert page.currency.currentText() == "NOK"
    assert [panel.chart.count() > 0 for panel in page.panels] == [True] * 5
    first, *_, last = page.balance.line.numbers().rows
    assert first == ("2025-11-21", (500_000 * 2 - 65_400,))
    assert last == ("2026-11-20", (1_000_000,))
    assert names(page) == ["Food and drink", "Transport"]
    (_, two_months) = page.months.bars.numbers().rows[0]
    assert two_months == (-14_000, -7_000)


def test_height_to_spare_goes_to_the_charts_that_can_use_it(page: Charts, qtbot: QtBot) -> None:
    before = [panel.chart.height() for panel in page.panels]
    page.resize(1100, 1600)
    qtbot.waitUntil(lambda: page.balance.chart.height() > before[0], timeout=20_000)
    grown = [panel.chart.height() - was for panel, was in zip(page.panels, before, strict=True)]
    assert grown[0] == pytest.approx(grown[1], abs=8)
    assert grown[1] == grown[2]
    assert grown[3:] == [0, 0]


def test_another_currency_is_drawn_alone(page: Charts, qtbot: QtBot, worker: Worker) -> None:
    choose(page.currency, "EUR")
    read(qtbot, worker)
    numbers = page.payees.ranks.numbers()
    assert numbers.currency == "EUR"
    assert numbers.rows[0] == ("Rema", (-51_000,))


def test_an_account_has_its_own_currency_and_no_others_rows(
    page: Charts, qtbot: QtBot, worker: Worker
) -> None:
    choose(page.account, "Account 2")
    read(qtbot, worker)
    assert page.spending.ranks.count() == 0
    assert page.balance.line.asked_by(0).startswith('account:"Account 2" date:')
    choose(page.account, "Account 3")
    assert [page.currency.itemText(n) for n in range(page.currency.count())] == ["EUR"]


def test_a_shorter_period_has_less_and_tells_what_was_before(
    page: Charts, qtbot: QtBot, worker: Worker
) -> None:
    choose(page.period, "Last 30 days")
    read(qtbot, worker)
    assert page.spending.ranks.numbers().rows == (("Food and drink", (-14_000, -7_000)),)
    assert page.balance.line.numbers().rows[0][0] == "2026-10-22"


def test_a_category_leads_to_those_below_it_then_to_payees_then_to_transactions(
    page: Charts, qtbot: QtBot, worker: Worker
) -> None:
    ranks = page.spending.ranks
    ranks.mark(0)
    QTest.keyClick(ranks, Qt.Key.Key_Return)
    assert names(page) == ["Groceries", "Restaurants and cafés"]
    ranks.act(0)
    read(qtbot, worker)
    assert names(page) == ["Rema"]
    assert page.spending.title.text() == "Spending: Groceries"
    with qtbot.waitSignal(page.rows_asked) as asked:
        ranks.act(0)
    assert asked.args == [
        (
            "payee:=Rema category:food.groceries is:out date:2025-11-21..2026-11-20"
            " is:booked -is:transfer currency:NOK"
        )
    ]
    page.spending.back.click()
    assert names(page) == ["Groceries", "Restaurants and cafés"]
    page.spending.back.click()
    assert names(page) == ["Food and drink", "Transport"]
    assert page.spending.back.isHidden()


def test_a_category_with_nothing_below_it_leads_to_payees_at_once(
    page: Charts, qtbot: QtBot, worker: Worker
) -> None:
    page.spending.ranks.act(1)
    read(qtbot, worker)
    assert names(page) == ["Bus"]
    page.spending.back.click()
    assert names(page) == ["Food and drink", "Transport"]


def test_a_bank_that_is_behind_is_named_and_its_days_are_dashed(page: Charts) -> None:
    assert page.balance.legend.accessibleName() == "DNB unchanged since 2 November"
    assert page.balance.line._line.news == date(2026, 11, 2)


def test_hiding_amounts_hides_them_at_once_and_wherever_one_has_gone(
    page: Charts, home: Home, qtbot: QtBot, worker: Worker
) -> None:
    page.spending.ranks.act(0)
    page.spending.ranks.act(0)
    read(qtbot, worker)
    page.refresh(facts(home), masked=True)
    for panel in page.panels:
        assert MASK in panel.chart.accessibleDescription()
        assert panel.chart.masked
    read(qtbot, worker)
    assert names(page) == ["Rema"]
    assert MASK in page.spending.ranks.accessibleDescription()


def test_new_rows_are_shown_when_the_page_is_asked_again(
    page: Charts, home: Home, qtbot: QtBot, worker: Worker
) -> None:
    with closing(home.database()) as db:
        account = connections.accounts(db)[0]
        row = Transaction(
            "k", Status.BOOKED, NOON.date(), Money(-99_000, "NOK"), "New", payee="New"
        )
        ledger.publish(db, account, merge(account_identity("dnb", account), (), [row]), NOON)
    page.refresh(facts(home), masked=False)
    read(qtbot, worker)
    assert page.payees.ranks.numbers().rows[0][0] == "New"


def test_where_there_is_little_room_there_is_one_column(page: Charts, qtbot: QtBot) -> None:
    assert page.months.mapTo(page, page.months.rect().topLeft()).x() > 300
    page.resize(WIDE - 300, 600)
    qtbot.waitUntil(lambda: page.months.mapTo(page, page.months.rect().topLeft()).x() < 60)
    inner = page.flow.parentWidget()
    assert inner is not None
    qtbot.waitUntil(lambda: inner.width() <= page.width() and inner.height() > page.height())


def test_without_rows_there_is_a_sentence_and_a_button(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    page = Charts(worker, home)
    qtbot.addWidget(page)
    page.refresh(facts(home), masked=False)
    read(qtbot, worker)
    assert page.currentWidget() is page.empty
    with qtbot.waitSignal(page.rows_asked) as asked:
        page.empty.acted.emit()
    assert asked.args == [""]


def test_a_ledger_that_cannot_be_read_is_told(
    page: Charts, home: Home, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = LedgerBusyError("busy")

    def broken() -> None:
        raise error

    known = facts(home)
    monkeypatch.setattr("bankview.ui.readings.closing", lambda _: broken())
    with qtbot.waitSignal(page.failed) as failed:
        page.refresh(known, masked=False)
    assert failed.args == [error]


@pytest.mark.parametrize(
    ("period", "first"),
    [
        (Period.ALL, date(2019, 5, 6)),
        (Period.DAYS_30, date(2026, 3, 2)),
        (Period.MONTH, date(2026, 3, 1)),
        (Period.YEAR, date(2026, 1, 1)),
        (Period.MONTHS_12, date(2025, 4, 1)),
    ],
)
def test_a_period_ends_today(period: Period, first: date) -> None:
    assert begin(period, date(2026, 3, 31), date(2019, 5, 6)) == first


def test_months_are_offered_from_the_newest_to_that_of_the_first_row() -> None:
    assert months(date(2025, 11, 30), date(2026, 1, 1)) == [
        date(2026, 1, 1),
        date(2025, 12, 1),
        date(2025, 11, 1),
    ]


def test_a_free_range_begins_as_the_period_before_it_and_all_charts_follow_it(
    page: Charts, qtbot: QtBot, worker: Worker
) -> None:
    assert page.range.isHidden()
    choose(page.period, "Last 90 days")
    read(qtbot, worker)
    choose(page.period, "From … to …")
    read(qtbot, worker)
    assert [edit.accessibleName() for edit in (page.since, page.until)] == ["From", "To"]
    assert (page.since.day, page.until.day) == (date(2026, 8, 23), date(2026, 11, 20))
    page.since.choose(date(2026, 10, 1))
    page.until.choose(date(2026, 10, 31))
    read(qtbot, worker)
    days = [name for name, _ in page.balance.line.numbers().rows]
    assert (days[0], days[-1], len(days)) == ("2026-10-01", "2026-10-31", 31)
    assert names(page) == ["Food and drink", "Transport"]
    assert page.spending.ranks.asked_by(1).split()[2] == "date:2026-10-01..2026-10-31"
    assert [name for name, _ in page.flow.bars.numbers().rows] == ["October 2026"]
    choose(page.period, "This month")
    read(qtbot, worker)
    assert page.range.isHidden()
    assert names(page) == ["Food and drink"]


def test_a_range_is_typed_and_may_be_the_wrong_way_round(
    page: Charts, qtbot: QtBot, worker: Worker
) -> None:
    choose(page.period, "From … to …")
    page.since.setFocus()
    page.since.setSelectedSection(QDateEdit.Section.YearSection)
    QTest.keyClicks(page.since, "2026")
    QTest.keyClick(page.since, Qt.Key.Key_Tab)
    page.since.choose(date(2026, 11, 10))
    page.until.choose(date(1900, 1, 1))
    read(qtbot, worker)
    days = [name for name, _ in page.balance.line.numbers().rows]
    oldest = NOON.date() - timedelta(days=300)
    assert (days[0], days[-1]) == (oldest.isoformat(), "2026-11-10")
