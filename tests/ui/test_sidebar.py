"""The sidebar while banks are updated: it stays where the person is, and every row says what is known now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QPaintEvent

from bankview.domain.account import Account
from bankview.domain.connection import Connection
from bankview.domain.money import Money
from bankview.ui.widgets.sidebar import Sidebar
from bankview.ui.widgets.sidebar_rows import Shown

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.window
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BANK = Connection("dnb", "dnb", "DNB", last_success=NOON)


def account(number: int, **more: object) -> Account:
    mine = Account(f"k{number}", f"Account {number}", "NOK", balance=Money(100, "NOK"), id=number)
    return replace(mine, connection_id="dnb", **more)  # type: ignore[arg-type]


ACCOUNTS = [account(number) for number in range(1, 61)]
SHOWN = Shown([BANK], ACCOUNTS, NOON)


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    """A sidebar with more accounts than it has room for, scrolled to its end."""
    shown = Sidebar()
    qtbot.addWidget(shown)
    shown.resize(260, 400)
    shown.show_facts(SHOWN)
    shown.show()
    qtbot.waitExposed(shown)
    shown.tree.scrollToBottom()
    return shown


def spoken(sidebar: Sidebar) -> list[str]:
    model = sidebar.tree.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row, 0).data(role) for row in range(model.rowCount())]


def picture(sidebar: Sidebar) -> QImage:
    return sidebar.tree.viewport().grab().toImage()


class Painted(QObject):
    """The heights that are painted anew from now on, in pixels."""

    def __init__(self, sidebar: Sidebar, qtbot: QtBot) -> None:
        super().__init__(sidebar)
        qtbot.wait(0)
        self._qtbot, self._heights = qtbot, list[int]()
        sidebar.tree.viewport().installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self._heights.append(event.rect().height())
        return False

    def highest(self) -> int:
        self._qtbot.waitUntil(lambda: bool(self._heights))
        return max(self._heights)


@pytest.mark.parametrize(
    "accounts",
    [
        [*ACCOUNTS[:-1], account(60, balance=Money(200, "NOK"))],
        [*ACCOUNTS, account(61)],
        [account(1, hidden=True), *ACCOUNTS[1:]],
    ],
    ids=["another balance", "another account", "an account is hidden"],
)
def test_an_update_leaves_the_list_where_the_person_scrolled_it(
    sidebar: Sidebar, accounts: list[Account]
) -> None:
    before = sidebar.tree.verticalScrollBar().value()
    assert before > 0

    sidebar.show_facts(replace(SHOWN, accounts=accounts))

    assert sidebar.tree.verticalScrollBar().value() == before


def test_a_row_that_stays_says_and_shows_its_new_balance_and_name(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    before, painted = picture(sidebar), Painted(sidebar, qtbot)
    renamed = account(60, balance=Money(-123456, "NOK"), own_name="Rent", unread=2)

    sidebar.show_facts(replace(SHOWN, accounts=[*ACCOUNTS[:-1], renamed]))

    assert spoken(sidebar)[-1] == "Rent, −1,234.56\N{NO-BREAK SPACE}NOK, new"
    assert painted.highest() == sidebar.tree.visualRect(sidebar.tree.model().index(61, 0)).height()
    assert picture(sidebar) != before


def test_the_rows_of_a_chosen_account_stay_chosen_where_others_come_before_it(
    sidebar: Sidebar,
) -> None:
    sidebar.choose(("account", 60))

    sidebar.show_facts(replace(SHOWN, accounts=[account(99), *ACCOUNTS]))

    assert sidebar.choice() == ("account", 60)
    assert sidebar.account_ids() == (60,)


def test_accounts_that_were_unfolded_stay_so(sidebar: Sidebar) -> None:
    sidebar.show_facts(replace(SHOWN, accounts=[*ACCOUNTS[:-1], account(60, hidden=True)]))
    last = sidebar.tree.model().rowCount() - 1
    assert sidebar.tree.isRowHidden(last, QModelIndex())
    sidebar.tree.clicked.emit(sidebar.tree.model().index(last - 1, 0))
    assert not sidebar.tree.isRowHidden(last, QModelIndex())

    richer = account(60, hidden=True, balance=Money(5, "NOK"))
    sidebar.show_facts(replace(SHOWN, accounts=[*ACCOUNTS[:-1], richer]))

    assert not sidebar.tree.isRowHidden(last, QModelIndex())


def test_amounts_are_hidden_and_ages_told_in_rows_that_stay(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.tree.scrollToTop()
    before, painted = picture(sidebar), Painted(sidebar, qtbot)

    sidebar.show_facts(replace(SHOWN, masked=True))
    assert painted.highest() == sidebar.tree.viewport().height()
    hidden = picture(sidebar)
    assert hidden != before
    assert not any("1.00" in said for said in spoken(sidebar))

    told, painted = spoken(sidebar)[1], Painted(sidebar, qtbot)
    sidebar.show_facts(replace(SHOWN, masked=True, now=NOON + timedelta(days=2)))
    assert painted.highest() == sidebar.tree.viewport().height()
    assert spoken(sidebar)[1] != told
    assert picture(sidebar) != hidden
