"""The dialog of suggestions: each is used or refused, and each answer can be taken back."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from bankview.store import connections, ledger, rules, transfers, view, words
from bankview.store.view import Filter
from bankview.ui.pen import Pen
from bankview.ui.windows.suggestions import SuggestionsDialog
from tests.ui.dialogs.conftest import NOON, row

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

pytestmark = pytest.mark.window
PATIENCE = 20_000


def opened(home: Home, worker: Worker, qtbot: QtBot, *, masked: bool = False) -> SuggestionsDialog:
    made = SuggestionsDialog(home, worker, Pen(worker, home), masked=masked)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=PATIENCE)
    return made


def teach(home: Home) -> None:
    """Give one of two rows of a payee a category."""
    with closing(home.database()) as db:
        found = [r for r in view.transactions(db, Filter()) if r.payee == "Kaffe & co"]
        words.change(db, found[0].account_id, found[0].id, category="food.restaurants")


def move(home: Home) -> None:
    """Let money leave one account and come into the other, without a word about it."""
    with closing(home.database()) as db:
        one, other = connections.accounts(db)
        for account, minor, text in ((one, -77700, "Out"), (other, 77700, "In")):
            said = row(14, text, minor).but(account_id=account.id)
            ledger.publish(db, account, ledger.Changes(insert=(said,)), NOON)


def asked(dialog: SuggestionsDialog) -> list[str]:
    names = {"suggested", "doubtful", "nothing-suggested"}
    return [
        one.text()
        for one in dialog.findChildren(QLabel)
        if one.objectName() in names and one.isVisible()
    ]


def press(dialog: SuggestionsDialog, name: str) -> None:
    found = [one for one in dialog.findChildren(QPushButton, name) if one.isVisible()]
    found[0].click()


def test_what_is_used_becomes_a_rule_and_ctrl_z_takes_it_back(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    teach(home)
    dialog = opened(home, worker, qtbot)
    question = ["Use Restaurants and cafés for 1 other row from Kaffe & co?"]
    qtbot.waitUntil(lambda: asked(dialog) == question, timeout=PATIENCE)
    press(dialog, "use")
    qtbot.waitUntil(lambda: asked(dialog) != question, timeout=PATIENCE)
    assert asked(dialog)[0].startswith("Nothing to decide.")
    with closing(home.database()) as db:
        assert [one.text for one in rules.rules(db)] == ["Kaffe & co"]
    QTest.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: asked(dialog) == question, timeout=PATIENCE)


def test_what_is_refused_goes_and_comes_back_by_undo(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    teach(home)
    dialog = opened(home, worker, qtbot)
    qtbot.waitUntil(lambda: asked(dialog)[:1] != [], timeout=PATIENCE)
    question = asked(dialog)
    press(dialog, "refuse")
    qtbot.waitUntil(lambda: asked(dialog) not in (question, []), timeout=PATIENCE)
    dialog.undo.click()
    qtbot.waitUntil(lambda: asked(dialog) == question, timeout=PATIENCE)


@pytest.mark.parametrize(("answer", "linked"), [("join", True), ("decline", False)])
def test_a_doubtful_transfer_is_answered_and_asked_again_by_undo(
    home: Home, worker: Worker, qtbot: QtBot, answer: str, linked: bool
) -> None:
    move(home)
    dialog = opened(home, worker, qtbot)
    qtbot.waitUntil(lambda: len(asked(dialog)) == 1, timeout=PATIENCE)
    (question,) = asked(dialog)
    assert question.endswith("from Brukskonto to Sparekonto, 14 November 2026: is it a transfer?")
    press(dialog, answer)
    qtbot.waitUntil(lambda: asked(dialog) not in ([question], []), timeout=PATIENCE)
    with closing(home.database()) as db:
        (out,) = [r for r in view.transactions(db, Filter()) if r.payee == "Out"]
        assert (transfers.partner(db, out.account_id, out.id) is not None) is linked
    dialog.undo.click()
    qtbot.waitUntil(lambda: asked(dialog) == [question], timeout=PATIENCE)
    with closing(home.database()) as db:
        assert transfers.partner(db, out.account_id, out.id) is None


def test_hidden_amounts_stay_hidden(home: Home, worker: Worker, qtbot: QtBot) -> None:
    move(home)
    dialog = opened(home, worker, qtbot, masked=True)
    qtbot.waitUntil(lambda: len(asked(dialog)) == 1, timeout=PATIENCE)
    assert "777" not in asked(dialog)[0]
