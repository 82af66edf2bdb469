"""Fifteen digits in every currency, two hundred accounts, accounts without a row, and days of two centuries."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from bankview.domain.money import exponent
from bankview.store import charts, connections, sums, view
from bankview.ui.charts.periods import Period
from bankview.ui.models.transactions import MASK, Column
from bankview.ui.overview.balances import Balance
from bankview.ui.windows.charts import Charts
from bankview.ui.windows.overview import Overview
from tests.ui.strange.conftest import MANY
from tests.ui.strange.household import CURRENCIES, FIRST, HUGE, LAST, TODAY

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer

PATIENCE = 20_000


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def page(viewer: Viewer, qtbot: QtBot, name: str, kind: type[Overview | Charts]) -> object:
    viewer.sidebar.choose(("page", name))
    qtbot.waitUntil(lambda: isinstance(viewer.stack.currentWidget(), kind), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not viewer._worker._waiting, timeout=PATIENCE)
    return viewer.stack.currentWidget()


def test_the_currencies_have_every_number_of_decimals() -> None:
    assert {exponent(one) for one in CURRENCIES} == {0, 2, 3, 4}
    assert {one: exponent(one) for one in CURRENCIES} == CURRENCIES


@pytest.mark.parametrize("currency", CURRENCIES)
def test_sums_of_huge_amounts_are_exact(home: Home, currency: str) -> None:
    with closing(home.database()) as db:
        vault = next(a for a in connections.accounts(db) if a.name == f"Vault {currency}")
        found = sums.last_days(db, TODAY, 400, [vault.id])[currency]
        assert found.into == sum(HUGE - n for n in range(0, 24, 2))
        assert found.out == -sum(HUGE - n for n in range(1, 24, 2))
        asked = charts.Asked(currency, date(2025, 11, 1), TODAY, vault.id)
        balance = charts.balances(db, asked, TODAY, 0).balances[-1]
        assert vault.balance
        assert balance == vault.balance.minor
        assert sum(one.now.out for one in charts.by_payee(db, asked)) == found.out


@pytest.mark.window
def test_no_amount_of_the_table_is_cut_and_payees_keep_their_room(viewer: Viewer) -> None:
    table, model = viewer.table, viewer.transactions.model
    for width in (900, 1280):
        viewer.window.resize(width, 800)
        for column, face in (
            (Column.AMOUNT, table.faces.strong),
            (Column.BALANCE, table.faces.body),
        ):
            if table.isColumnHidden(column):
                continue
            _, room = table.cell(column)
            shown = [model.index(n, column).data() for n in range(model.rowCount())]
            assert max(map(face.width, shown)) <= room
        assert table.columnWidth(Column.PAYEE) >= 100
        assert not table.isColumnHidden(Column.AMOUNT)
        end = table.columnViewportPosition(Column.AMOUNT) + table.columnWidth(Column.AMOUNT)
        assert end <= table.viewport().width()


@pytest.mark.window
def test_the_overview_is_no_wider_than_its_page(viewer: Viewer, qtbot: QtBot) -> None:
    found = page(viewer, qtbot, "overview", Overview)
    assert isinstance(found, Overview)
    inside = found.widget()
    assert inside
    for width in (900, 1280):
        viewer.window.resize(width, 600)
        qtbot.waitUntil(lambda: inside.width() == found.viewport().width(), timeout=PATIENCE)
        cards = found.findChildren(Balance)
        assert len(cards) == len(CURRENCIES)
        for label in (one for card in cards for one in card.findChildren(QLabel)):
            assert label.width() >= label.minimumSizeHint().width()
            assert label.mapTo(inside, label.rect().topRight()).x() < inside.width()


@pytest.mark.window
def test_sums_below_the_accounts_are_whole(viewer: Viewer) -> None:
    totals = viewer.sidebar.totals
    assert totals.minimumSizeHint().width() <= viewer.sidebar.width()
    assert "−10,000,000,000,000.09" in totals.text()


@pytest.mark.window
def test_hidden_amounts_leave_no_digit_of_a_vault(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.act["hide"].trigger()
    for name in ("overview", "charts", "recurring"):
        viewer.sidebar.choose(("page", name))
        qtbot.waitUntil(lambda: not viewer._worker._waiting, timeout=PATIENCE)
        labels = [one.text() for one in viewer.window.findChildren(QLabel) if one.isVisible()]
        assert any(MASK in text for text in labels)
        assert not [text for text in labels if "99999" in digits(text)]
    model = viewer.transactions.model
    cells = {model.index(n, Column.AMOUNT).data() for n in range(model.rowCount())}
    assert cells == {MASK}


@pytest.mark.window
def test_two_hundred_accounts_can_be_chosen_each(viewer: Viewer, qtbot: QtBot) -> None:
    assert viewer._facts
    accounts = viewer._facts.accounts
    assert len(accounts) >= 200
    empty = [one for one in accounts if one.name.startswith("Empty")]
    assert len(empty) == MANY + 1
    viewer.sidebar.choose(("account", empty[-1].id))
    nothing = viewer.transactions.nothing
    qtbot.waitUntil(nothing.isVisible, timeout=PATIENCE)
    assert nothing.text() == "No transactions."
    place = viewer.sidebar.tree.visualRect(viewer.sidebar.tree.currentIndex())
    assert viewer.sidebar.tree.viewport().rect().intersects(place)


@pytest.mark.window
def test_an_account_without_a_row_has_charts_without_a_mark(viewer: Viewer, qtbot: QtBot) -> None:
    found = page(viewer, qtbot, "charts", Charts)
    assert isinstance(found, Charts)
    assert viewer._facts
    empty = next(one for one in viewer._facts.accounts if one.name == "Empty 000")
    found.account.setCurrentIndex(found.account.findData(empty.id))
    found.account.activated.emit(found.account.currentIndex())
    qtbot.waitUntil(lambda: not viewer._worker._waiting, timeout=PATIENCE)
    assert found.payees.ranks.count() == 0
    assert found.balance.line.count() == 0
    found.grab()


@pytest.mark.window
def test_charts_of_all_time_begin_with_the_oldest_row(viewer: Viewer, qtbot: QtBot) -> None:
    found = page(viewer, qtbot, "charts", Charts)
    assert isinstance(found, Charts)
    found.period.setCurrentIndex(found.period.findData(Period.ALL))
    found.period.activated.emit(found.period.currentIndex())
    days = (TODAY - FIRST).days + 1
    qtbot.waitUntil(lambda: found.balance.line.count() >= days, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not viewer._worker._waiting, timeout=PATIENCE)
    found.grab()


@pytest.mark.window
def test_days_of_two_centuries_are_found(viewer: Viewer, qtbot: QtBot) -> None:
    model = viewer.transactions.model
    for asked, day in (
        ("date:1990-01-02", FIRST),
        ("date:<1991", FIRST),
        ("date:2099-12", LAST),
        ("date:>2099-01-01", LAST),
        ("date:1990..2099 long ago", FIRST),
    ):
        viewer.filters.search.setText("")
        qtbot.waitUntil(lambda: model.rowCount() > 100, timeout=PATIENCE)
        viewer.filters.search.setText(asked)
        qtbot.waitUntil(lambda: 0 < model.rowCount() < 10, timeout=PATIENCE)
        rows = [model.row(n) for n in range(model.rowCount())]
        assert {date.fromordinal(row.day) for row in rows if row} == {day}


def test_days_of_two_centuries_are_sorted(home: Home) -> None:
    with closing(home.database()) as db:
        newest = view.page(db, view.Filter(status="booked"), view.Order.DATE, True, limit=1)
        oldest = view.page(db, view.Filter(status="booked"), view.Order.DATE, False, limit=1)
    assert [date.fromordinal(one.day) for one in (*oldest, *newest)] == [FIRST, LAST]
