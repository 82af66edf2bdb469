"""Each dialog by keys alone: Tab in the order in which one reads, a focus that is seen, Escape and Return."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QWidget
from shiboken6 import isValid

from bankview.banks import Ask, Bank
from bankview.domain.account import Account
from bankview.domain.rule import Rule
from bankview.errors import SignInDeniedError
from bankview.log.http import Recent
from bankview.oauth.grant_names import CIBA, DEVICE
from bankview.settings import Settings
from bankview.store import connections, rules
from bankview.store.view import Filter
from bankview.sync.front import Show, Step
from bankview.ui.pen import Pen
from bankview.ui.sign_in import SignIn
from bankview.ui.widgets.text import Link
from bankview.ui.windows.by_hand import AccountForm, RowForm
from bankview.ui.windows.certificate_request import CertificateRequest
from bankview.ui.windows.connect import ConnectDialog, Offer
from bankview.ui.windows.export import ExportDialog, Shown
from bankview.ui.windows.http_log import HttpLog
from bankview.ui.windows.import_ import ImportDialog
from bankview.ui.windows.keys import NoKeychain, Passphrase
from bankview.ui.windows.palette import Entry, Palette
from bankview.ui.windows.preferences import Preferences
from bankview.ui.windows.recovery import EnterRecoveryKey, RecoveryKey
from bankview.ui.windows.rules import RulesDialog
from bankview.ui.windows.stored import StoredWhere
from bankview.ui.windows.suggestions import SuggestionsDialog
from bankview.ui.windows.sync_log import SyncLog
from tests.ui.dialogs.test_connect import ASKS, Browser
from tests.ui.dialogs.test_http_log import exchange, tell
from tests.ui.dialogs.test_suggestions import move, teach
from tests.ui.walking import (
    focused,
    from_the_top,
    named,
    once_round,
    plain,
    press,
    steps_back,
    usable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker
    from tests.sync.conftest import ToyBank

pytestmark = pytest.mark.window
PATIENCE = 20_000
Opener = Callable[["Home", "Worker", "ToyBank", QWidget], QDialog]


def connect(home: Home, worker: Worker, toy: ToyBank, parent: QWidget) -> ConnectDialog:
    others = (replace(toy.bank, id="other", name="Fjordbanken", asks=ASKS),)
    offer = Offer((toy.bank, *others), (), lambda _: toy.bank, "Secret Service")
    return ConnectDialog(offer, SignIn(home, worker, Browser([])), parent)


class NeverDone:
    """Runs nothing, so that a sign-in stands where a test lets it stand."""

    def run(self, *_: object) -> bool:
        return True


def waiting(bank: Bank, home: Home, parent: QWidget) -> ConnectDialog:
    sign_in = SignIn(home, NeverDone(), Browser([]))
    dialog = ConnectDialog(Offer((bank,), (), lambda _: bank, ""), sign_in, parent)
    dialog.choose(bank)
    return dialog


def in_browser(home: Home, _: Worker, toy: ToyBank, parent: QWidget) -> ConnectDialog:
    dialog = waiting(toy.bank, home, parent)
    dialog._sign_in.shown.emit(Show(Step.WAITING, "https://bank.example/", browser_opened=True))
    return dialog


def pasting(home: Home, worker: Worker, toy: ToyBank, parent: QWidget) -> ConnectDialog:
    dialog = in_browser(home, worker, toy, parent)
    dialog.findChildren(Link, "paste-address")[0].click()
    return dialog


def coding(home: Home, _: Worker, toy: ToyBank, parent: QWidget) -> ConnectDialog:
    bank = replace(toy.bank, client=replace(toy.bank.client, grant=DEVICE))
    dialog = waiting(bank, home, parent)
    url = "https://bank.example/device"
    shown = Show(Step.CODE, url, user_code="WDJB-MJHT", address=url, seconds=600)
    dialog._sign_in.shown.emit(shown)
    return dialog


def approving(home: Home, _: Worker, toy: ToyBank, parent: QWidget) -> ConnectDialog:
    bank = replace(toy.bank, client=replace(toy.bank.client, grant=CIBA))
    dialog = waiting(bank, home, parent)
    dialog._sign_in.shown.emit(Show(Step.APPROVAL, message="Blue whale", seconds=600))
    return dialog


def denied(home: Home, worker: Worker, toy: ToyBank, parent: QWidget) -> ConnectDialog:
    dialog = in_browser(home, worker, toy, parent)
    dialog._sign_in.failed.emit(SignInDeniedError())
    return dialog


def details(home: Home, worker: Worker, toy: ToyBank, parent: QWidget) -> ConnectDialog:
    dialog = connect(home, worker, toy, parent)
    asks = (*ASKS, Ask("tls.certificate", "Certificate", file="certificate"))
    dialog.choose(replace(toy.bank, asks=asks))
    return dialog


def export(home: Home, worker: Worker, _: ToyBank, parent: QWidget) -> ExportDialog:
    with closing(home.database()) as db:
        account = connections.accounts(db)[0]
    shown = Shown(Filter(account_ids=(account.id,)), "Brukskonto", "Brukskonto")
    return ExportDialog(home, worker, shown, parent)


def rule_list(home: Home, worker: Worker, _: ToyBank, parent: QWidget) -> RulesDialog:
    with closing(home.database()) as db:
        for text in ("rema", "kiosk"):
            rules.save(db, Rule(text, category="food"))
    return RulesDialog(home, worker, Pen(worker, home), parent=parent)


def suggested(home: Home, worker: Worker, _: ToyBank, parent: QWidget) -> SuggestionsDialog:
    teach(home)
    move(home)
    return SuggestionsDialog(home, worker, Pen(worker, home), parent=parent)


def log(_: Home, __: Worker, ___: ToyBank, parent: QWidget) -> HttpLog:
    recent = Recent()
    tell(recent, exchange(0), exchange(1, "transactions"))
    return HttpLog(recent, parent)


OPENERS: dict[str, Opener] = {
    "connect": connect,
    "connect details": details,
    "sign-in in the browser": in_browser,
    "sign-in by a pasted address": pasting,
    "sign-in by a code": coding,
    "sign-in by approval": approving,
    "sign-in that was denied": denied,
    "export": export,
    "import": lambda home, worker, _, parent: ImportDialog(home, worker, None, parent),
    "account by hand": lambda _, __, ___, parent: AccountForm(date(2026, 11, 20), parent=parent),
    "row by hand": lambda _, __, ___, parent: RowForm(
        Account("k", "Cash", "NOK"), date(2026, 11, 20), parent=parent
    ),
    "settings": lambda _, __, ___, parent: Preferences(
        Settings(), locks=False, can_lock=True, parent=parent
    ),
    "rules": rule_list,
    "suggestions": suggested,
    "palette": lambda _, __, ___, parent: Palette(
        [Entry(text, "", "", lambda: None) for text in ("One", "Two")], parent
    ),
    "HTTP log": log,
    "update log": lambda home, worker, _, parent: SyncLog(worker, home, parent),
    "stored": lambda home, worker, _, parent: StoredWhere(worker, home, parent),
    "recovery key": lambda _, __, ___, parent: RecoveryKey("BV-1234", parent),
    "recovery": lambda _, __, ___, parent: EnterRecoveryKey(parent),
    "no keychain": lambda _, __, ___, parent: NoKeychain(parent=parent),
    "passphrase": lambda _, __, ___, parent: Passphrase(new=True, parent=parent),
    "certificate request": lambda _, worker, __, parent: CertificateRequest(worker, parent),
}


@pytest.fixture(params=OPENERS)
def dialog(
    request: pytest.FixtureRequest,
    home: Home,
    worker: Worker,
    toy: ToyBank,
    qtbot: QtBot,
) -> Iterator[QDialog]:
    """A dialog over a window, with everything in it, and the focus where it begins."""
    parent = QWidget()
    qtbot.addWidget(parent)
    made = OPENERS[request.param](home, worker, toy, parent)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=PATIENCE)
    qtbot.waitUntil(lambda: worker.idle and made.focusWidget() is not None, timeout=PATIENCE)
    yield made
    if isValid(made):
        made.reject()


@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
def test_tab_comes_to_everything_in_the_order_of_reading(
    dialog: QDialog, direction: Qt.LayoutDirection
) -> None:
    dialog.setLayoutDirection(direction)
    QApplication.processEvents()
    order = from_the_top(once_round(dialog))
    assert [named(one) for one in usable(dialog) if one not in order] == []
    assert steps_back(order) == []
    there = order.index(focused())
    assert once_round(dialog, back=True) == (order[there + 1 :] + order[: there + 1])[::-1]


def test_what_has_the_focus_is_seen(dialog: QDialog) -> None:
    assert plain(dialog) == []


def test_escape_closes(dialog: QDialog, qtbot: QtBot) -> None:
    press(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(dialog) or not dialog.isVisible(), timeout=PATIENCE)


def test_return_does_the_default_and_nothing_else_is_one(dialog: QDialog, qtbot: QtBot) -> None:
    buttons = [one for one in dialog.findChildren(QPushButton) if one.isVisible()]
    pressed: list[str] = []
    for one in buttons:
        one.clicked.disconnect()
        one.clicked.connect(lambda _=False, one=one: pressed.append(one.objectName()))
    default = [one for one in buttons if one.isDefault()]
    assert len(default) <= 1
    field = next((one for one in dialog.findChildren(QLineEdit) if one.isVisible()), None)
    if isinstance(dialog, Palette) or field is None:
        return
    field.setFocus()
    press(dialog, Qt.Key.Key_Return)
    wanted = [one.objectName() for one in default if one.isEnabled()]
    assert set(pressed) == set(wanted)
