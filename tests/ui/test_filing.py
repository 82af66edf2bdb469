"""A row's category in the details: chosen from the tree, said where it comes from, offered for the payee's other rows."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel

from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.rule import Rule
from bankview.domain.transaction import Status, Transaction
from bankview.store import connections, ledger, rules, suggestions
from bankview.ui.models.transactions import Column
from bankview.ui.windows.rules import RulesDialog
from tests.ui.conftest import NOON

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.widgets.category_field import CategoryField
    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
PATIENCE = 20_000
CTRL = Qt.KeyboardModifier.ControlModifier


def field(viewer: Viewer, number: int = 0) -> CategoryField:
    viewer.window.activateWindow()
    viewer.table.selectRow(number)
    assert viewer.detail.own
    return viewer.detail.own.category


def shown(viewer: Viewer) -> list[str]:
    return [viewer.transactions.model.index(n, Column.CATEGORY).data() for n in range(30)]


def said(viewer: Viewer, name: str) -> str:
    labels = viewer.detail.findChildren(QLabel)
    return "".join(one.text() for one in labels if one.objectName() == name and one.isVisible())


def button(viewer: Viewer, name: str) -> QAbstractButton | None:
    found = viewer.detail.findChildren(QAbstractButton)
    return next((one for one in found if one.objectName() == name and one.isVisible()), None)


def press(viewer: Viewer, name: str) -> None:
    found = button(viewer, name)
    assert found, name
    found.click()


def choose(edit: CategoryField, text: str) -> None:
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def keep(home: Home, rule: Rule) -> None:
    with closing(home.database()) as db:
        rules.save(db, rule)


def test_the_list_shows_the_tree_by_name_and_own_words_below_it(viewer: Viewer) -> None:
    edit = field(viewer)
    edit.offer(("Presents", "food"))
    edit.open()
    model = edit.completer().completionModel()
    names = [model.index(n, 0).data() for n in range(model.rowCount())]
    assert names[:2] == ["Income", "Salary"]
    assert names[-2:] == ["Between own accounts", "Presents"]
    QTest.keyClick(edit, Qt.Key.Key_Escape)


def test_a_name_of_the_tree_is_kept_as_its_id_whatever_its_case(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    edit = field(viewer)
    choose(edit, "groceries")
    qtbot.waitUntil(lambda: shown(viewer)[0] == "Groceries", timeout=PATIENCE)
    with closing(home.database()) as db:
        assert db.one("SELECT category FROM words") == "food.groceries"
    assert said(viewer, "category-source") == "Chosen by you"
    assert edit.text() == "Groceries"


def test_a_choice_is_offered_for_the_payee_s_other_rows_and_ctrl_z_takes_the_rule_back(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    edit = field(viewer)
    choose(edit, "Groceries")
    qtbot.waitUntil(lambda: button(viewer, "use-for-all") is not None, timeout=PATIENCE)
    row = viewer.detail.row
    assert row
    others = 19 if row.payee == "Rema" else 9
    assert said(viewer, "suggested") == f"Use Groceries for {others} other rows from {row.payee}?"
    press(viewer, "use-for-all")
    qtbot.waitUntil(lambda: shown(viewer).count("Groceries") == others + 1, timeout=PATIENCE)
    assert button(viewer, "use-for-all") is None
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: shown(viewer).count("Groceries") == 1, timeout=PATIENCE)
    with closing(home.database()) as db:
        assert rules.rules(db) == ()


def test_what_is_refused_is_not_offered_again(viewer: Viewer, home: Home, qtbot: QtBot) -> None:
    choose(field(viewer), "Groceries")
    qtbot.waitUntil(lambda: button(viewer, "only-this") is not None, timeout=PATIENCE)
    row = viewer.detail.row
    assert row
    press(viewer, "only-this")
    assert button(viewer, "only-this") is None

    def is_refused() -> bool:
        with closing(home.database()) as db:
            return suggestions.offer(db, row.payee, "food.groceries") is None

    qtbot.waitUntil(is_refused, timeout=PATIENCE)


def test_what_a_rule_filed_says_so_and_an_own_choice_goes_before_it(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    keep(home, Rule(text="rema", category="food.groceries"))
    viewer.reload(reset=True)
    qtbot.waitUntil(lambda: "Groceries" in shown(viewer), timeout=PATIENCE)
    number = shown(viewer).index("Groceries")
    edit = field(viewer, number)
    assert edit.text() == "Groceries"
    assert said(viewer, "category-source") == "By your rule: “rema”"
    press(viewer, "category-rule")
    dialog = viewer.window.findChild(RulesDialog)
    assert dialog
    qtbot.waitUntil(lambda: dialog.form.text.text() == "rema", timeout=PATIENCE)
    dialog.reject()
    choose(edit, "Gifts and donations")
    qtbot.waitUntil(lambda: shown(viewer)[number] == "Gifts and donations", timeout=PATIENCE)
    assert button(viewer, "category-rule") is None
    # Emptied, the rule counts again.
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(viewer)[number] == "Groceries", timeout=PATIENCE)
    assert edit.text() == "Groceries"
    assert button(viewer, "category-rule")


def test_leaving_the_field_as_it_is_writes_nothing(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    keep(home, Rule(text="rema", category="food.groceries"))
    viewer.reload(reset=True)
    qtbot.waitUntil(lambda: "Groceries" in shown(viewer), timeout=PATIENCE)
    edit = field(viewer, shown(viewer).index("Groceries"))
    QTest.keyClick(edit, Qt.Key.Key_Return)
    viewer.close_ledger()
    with closing(home.database()) as db:
        assert not db.one("SELECT count(*) FROM words")


def transfer(home: Home) -> None:
    """Let money leave the account for a second one that it names."""
    with closing(home.database()) as db:
        (here,) = connections.accounts(db)
        there = connections.save_account(
            db, Account("two", "Savings", "NOK", "987", connection_id="dnb")
        )
        for account, minor, other in ((here, -77_700, "987"), (there, 77_700, "123")):
            row = Transaction(
                "key",
                Status.BOOKED,
                date(2026, 11, 20),
                Money(minor, "NOK"),
                "Moved",
                payee="Moved",
                counterparty_account=other,
                id=f"moved-{minor}",
                account_id=account.id,
            )
            ledger.publish(db, account, ledger.Changes(insert=(row,)), NOON)


def test_a_transfer_names_the_other_account_and_is_taken_apart_and_joined_again(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    transfer(home)
    viewer.reload(reset=True)
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 32, timeout=PATIENCE)
    field(viewer, 0)
    told = {"Transfer to Savings", "Transfer from Current"}
    assert said(viewer, "transfer") in told
    press(viewer, "no-transfer")
    qtbot.waitUntil(lambda: not said(viewer, "transfer"), timeout=PATIENCE)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: said(viewer, "transfer") in told, timeout=PATIENCE)
    asked: list[str] = []
    aside = viewer._aside
    assert aside
    aside.rows_asked.connect(asked.append)
    there = "Savings" if said(viewer, "transfer").endswith("Savings") else "Current"
    press(viewer, "show-other")
    assert asked == [f'account:"{there}" date:2026-11-20']


def test_the_menu_opens_rules_and_suggestions(viewer: Viewer) -> None:
    for name, dialog in (("rules", "rules-dialog"), ("suggestions", "suggestions-dialog")):
        viewer.act[name].trigger()
        found = viewer.window.findChild(QDialog, dialog)
        assert found
        assert found.isVisible()
        found.reject()


def test_a_payee_is_called_what_a_rule_calls_it_in_the_table_and_in_the_details(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    keep(home, Rule(text="rema", payee="The corner shop"))
    viewer.reload(reset=True)

    def names() -> set[str]:
        model = viewer.transactions.model
        return {model.index(n, Column.PAYEE).data() for n in range(30)}

    qtbot.waitUntil(lambda: names() == {"The corner shop", "Kiwi"}, timeout=PATIENCE)
    number = next(
        n for n in range(30) if viewer.transactions.model.index(n, Column.PAYEE).data() != "Kiwi"
    )
    field(viewer, number)
    texts = {one.text() for one in viewer.detail.findChildren(QLabel) if one.isVisible()}
    assert {"The corner shop", "Bank's payee", "Rema"} <= texts
