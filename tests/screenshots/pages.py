"""The pages of the window, and what comes over them."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QToolButton

from bankview.errors import KeychainLockedError
from bankview.log.http import Exchange, Recent
from bankview.sync.explore import Answer
from bankview.ui.bars import home_bar
from bankview.ui.windows.http_log import HttpLog
from bankview.ui.windows.locked import LockedPage
from tests.screenshots.household import NOW
from tests.screenshots.scene import Scene

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tests.screenshots.stage import Stage


def transactions(stage: Stage) -> QWidget:
    """All accounts, as the window begins."""
    return stage.window


def details(stage: Stage) -> QWidget:
    """An account with the details of one of its rows."""
    choose_account(stage, 1)
    stage.viewer.room.set_detail(shown=True)
    stage.viewer.table.selectRow(4)
    return stage.window


def choose_account(stage: Stage, account_id: int) -> None:
    """Show an account, and wait for its rows."""
    account = stage.viewer.account(account_id)
    assert account
    stage.viewer.sidebar.choose(("account", account_id))
    stage.until(lambda: stage.viewer.transactions.header.title.text() == account.label)


def noted(stage: Stage) -> QWidget:
    """The details of a row about which the person wrote something."""
    stage.viewer.filters.search.setText("kari")
    stage.settle()
    stage.viewer.room.set_detail(shown=True)
    stage.viewer.table.selectRow(0)
    return stage.window


def search(stage: Stage) -> QWidget:
    """What a search found, with its sums."""
    choose_account(stage, 1)
    stage.viewer.filters.search.setText("rema")
    return stage.window


def nothing(stage: Stage) -> QWidget:
    """A search that found nothing."""
    stage.viewer.filters.search.setText("zzz")
    return stage.window


def no_rows(stage: Stage) -> QWidget:
    """An account without transactions."""
    choose_account(stage, 6)
    return stage.window


def search_help(stage: Stage) -> QWidget:
    """What the search explains to who comes to it."""
    stage.window.activateWindow()
    stage.viewer.act["find"].trigger()
    stage.until(stage.viewer.filters.help.isVisible)
    return stage.window


def not_understood(stage: Stage) -> QWidget:
    """What the search says of a word that it does not understand."""
    stage.window.activateWindow()
    stage.viewer.act["find"].trigger()
    stage.viewer.filters.search.setText("date:soon amount:>x")
    stage.until(stage.viewer.filters.help.isVisible)
    return stage.window


def more_filters(stage: Stage) -> QWidget:
    """Amount, status and category."""
    stage.viewer.filters.more.click()
    return stage.opened(stage.viewer.filters.more.popup.__class__)


def overview(stage: Stage) -> QWidget:
    """The overview, with what needs the person."""
    stage.warn()
    stage.viewer.sidebar.choose(("page", "overview"))
    return stage.window


def charts(stage: Stage) -> QWidget:
    """The charts."""
    stage.viewer.sidebar.choose(("page", "charts"))
    return stage.window


def recurring(stage: Stage) -> QWidget:
    """What comes again and again."""
    stage.viewer.sidebar.choose(("page", "recurring"))
    return stage.window


def notices(stage: Stage) -> QWidget:
    """What needs the person, above the rows."""
    stage.warn()
    return stage.window


def no_home(stage: Stage) -> QWidget:
    """A keychain that does not open."""
    stage.viewer.attend((home_bar(KeychainLockedError("locked")),))
    stage.viewer.tell(home_bar(KeychainLockedError("locked")).title)
    return stage.window


def explorer(stage: Stage) -> QWidget:
    """What a bank answered."""
    stage.viewer.explore("sparebank1-smn")
    stage.settle()
    page = stage.viewer.pages.explorer
    rows = b",".join(
        b'{"id":"%d","bookingDate":"2026-11-%02d","amount":-%d.50,"remittance":"REMA 1000"}'
        % (number, 1 + number % 19, 90 + number)
        for number in range(30)
    )
    head = {"Content-Type": "application/json", "Date": "Fri, 20 Nov 2026 13:02:00 GMT"}
    page.path.setText("transactions")
    page._show(Answer(200, 0.24, head, b'{"transactions":[' + rows + b"]}"))
    return stage.window


def locked(stage: Stage) -> QWidget:
    """The window while it is locked."""
    stage.viewer.close_ledger()
    page = LockedPage()
    page.resize(stage.window.size())
    return page


def menu(stage: Stage) -> QWidget:
    """The window's menu."""
    button = stage.window.findChild(QToolButton, "menu")
    assert button
    button.click()
    return stage.opened(QMenu)


def account_menu(stage: Stage) -> QWidget:
    """What can be done with an account."""
    tree = stage.viewer.sidebar.tree
    tree.customContextMenuRequested.emit(tree.visualRect(tree.model().index(6, 0)).center())
    return stage.opened(QMenu)


def http_log(stage: Stage) -> QWidget:
    """What was asked of the banks."""
    recent = Recent()
    for number in range(12):
        at = NOW - timedelta(seconds=40 - number)
        said = Exchange(
            at,
            "GET",
            f"https://api.sparebank1.no/personal/banking/accounts/{number}/transactions",
            200 if number % 5 else 429,
            84.0 + 31 * number,
            5_400 + number,
            f"4bf92f35-{number:04}",
        )
        recent.handle(logging.makeLogRecord({"msg": str(said), "exchange": said}))
    dialog = HttpLog(recent, stage.window)
    dialog.show()
    return dialog


def sync_log(stage: Stage) -> QWidget:
    """What each update brought."""
    stage.viewer.act["sync-log"].trigger()
    return stage.opened()


def palette(stage: Stage) -> QWidget:
    """Every account, page and command by name."""
    stage.viewer.act["go"].trigger()
    return stage.opened()


SCENES = (
    Scene("Transactions", "All accounts", transactions, main=True),
    Scene("Transactions", "Details open", details, main=True),
    Scene("Transactions", "Own words", noted),
    Scene("Transactions", "Search", search, main=True),
    Scene("Transactions", "Nothing found", nothing),
    Scene("Transactions", "No transactions", no_rows),
    Scene("Transactions", "Search explained", search_help),
    Scene("Transactions", "Search not understood", not_understood),
    Scene("Transactions", "More filters", more_filters),
    Scene("Overview", "Overview", overview, main=True),
    Scene("Charts", "Charts", charts, main=True),
    Scene("Recurring", "Recurring", recurring, main=True),
    Scene("Notices", "Two banks", notices, main=True),
    Scene("Notices", "Keychain locked", no_home),
    Scene("Explorer", "An answer", explorer),
    Scene("Menus", "Window", menu),
    Scene("Menus", "Account", account_menu),
    Scene("Logs", "HTTP log", http_log),
    Scene("Logs", "Update log", sync_log),
    Scene("Palette", "Go to", palette),
)
