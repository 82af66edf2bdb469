"""The dialog of rules: written, shown before they change anything, put in order, removed, and taken back."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest

from bankview.domain.rule import Rule
from bankview.store import rules, view
from bankview.store.view import Filter
from bankview.ui.pen import Pen
from bankview.ui.windows.rules import RulesDialog

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

pytestmark = pytest.mark.window
PATIENCE = 20_000


def opened(home: Home, worker: Worker, qtbot: QtBot, **how: bool) -> RulesDialog:
    made = RulesDialog(home, worker, Pen(worker, home), **how)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=PATIENCE)
    qtbot.waitUntil(lambda: made.list.count() > 0, timeout=PATIENCE)
    return made


def keep(home: Home, *wanted: Rule) -> None:
    with closing(home.database()) as db:
        for rule in wanted:
            rules.save(db, rule)


def kept(home: Home) -> list[str]:
    with closing(home.database()) as db:
        return [rule.text for rule in rules.rules(db)]


def filed(home: Home) -> list[str]:
    with closing(home.database()) as db:
        return sorted(
            {
                f"{row.payee}: {row.own_category}"
                for row in view.transactions(db, Filter())
                if row.own_category
            }
        )


def cells(dialog: RulesDialog) -> list[list[str]]:
    table = dialog.preview.rows
    found = [[table.item(n, m) for m in range(4)] for n in range(table.rowCount())]
    return [[cell.text() for cell in line if cell] for line in found]


def test_a_new_rule_says_what_it_would_change_and_changes_it_when_it_is_saved(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    dialog = opened(home, worker, qtbot)
    assert not dialog.save.isEnabled()
    QTest.keyClicks(dialog.form.text, "rema")
    QTest.keyClicks(dialog.form.category, "groceries")
    said = dialog.preview.sentence.text
    qtbot.waitUntil(lambda: said() == "Would change 1 row:", timeout=PATIENCE)
    assert [line[:3] for line in cells(dialog)] == [["Thu 12 Nov", "REMA 1000", ""]]
    assert filed(home) == []
    dialog.save.click()
    qtbot.waitUntil(lambda: filed(home) == ["REMA 1000: food.groceries"], timeout=PATIENCE)
    qtbot.waitUntil(lambda: dialog.list.chosen not in {0, None}, timeout=PATIENCE)
    assert not dialog.save.isEnabled()
    dialog.undo.click()
    qtbot.waitUntil(lambda: filed(home) == [], timeout=PATIENCE)
    assert kept(home) == []


def test_amounts_are_read_in_the_account_s_own_units_and_refused_where_they_are_none(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    dialog = opened(home, worker, qtbot)
    form = dialog.form
    QTest.keyClicks(form.low, "48,50")
    QTest.keyClicks(form.high, "1 000")
    QTest.keyClicks(form.payee, "Someone")
    assert (form.rule.low, form.rule.high, form.problem) == (4850, 100_000, "")
    QTest.keyClicks(form.high, "x")
    assert form.problem == "“1 000x” is no amount."
    assert not dialog.save.isEnabled()
    form.high.clear()
    QTest.keyClicks(form.high, "3")
    assert "higher" in form.problem


def test_what_is_typed_waits_while_another_rule_is_looked_at(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    keep(home, Rule(text="rema", category="food"), Rule(text="kaffe", category="food"))
    dialog = opened(home, worker, qtbot)
    QTest.keyClicks(dialog.form.payee, "Rema")
    dialog.list.setCurrentRow(1)
    assert (dialog.form.text.text(), dialog.form.payee.text()) == ("kaffe", "")
    dialog.list.setCurrentRow(0)
    assert (dialog.form.text.text(), dialog.form.payee.text()) == ("rema", "Rema")
    assert dialog.save.isEnabled()


def test_the_first_rule_counts_and_is_moved_by_keys_and_by_dragging(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    keep(home, Rule(text="rema", category="food"), Rule(text="1000", category="gifts"))
    dialog = opened(home, worker, qtbot)
    assert filed(home) == ["REMA 1000: food"]
    QTest.keyClick(dialog.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: kept(home) == ["1000", "rema"], timeout=PATIENCE)
    assert filed(home) == ["REMA 1000: gifts"]
    qtbot.waitUntil(
        lambda: dialog.list.item(0).text() == "“1000”" and dialog.undo.isEnabled(),
        timeout=PATIENCE,
    )
    assert dialog.list.model().moveRow(QModelIndex(), 1, QModelIndex(), 0)
    qtbot.waitUntil(lambda: kept(home) == ["rema", "1000"], timeout=PATIENCE)
    dialog.undo.click()
    qtbot.waitUntil(lambda: kept(home) == ["1000", "rema"], timeout=PATIENCE)
    dialog.undo.click()
    qtbot.waitUntil(lambda: kept(home) == ["rema", "1000"], timeout=PATIENCE)
    assert filed(home) == ["REMA 1000: food"]


def test_a_rule_goes_by_delete_with_what_it_did_and_comes_back_in_its_place(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    keep(home, Rule(text="rema", category="food"), Rule(text="kaffe", category="gifts"))
    dialog = opened(home, worker, qtbot)
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: kept(home) == ["kaffe"], timeout=PATIENCE)
    assert filed(home) == ["Kaffe & co: gifts"]
    qtbot.waitUntil(dialog.undo.isEnabled, timeout=PATIENCE)
    QTest.keyClick(dialog.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: kept(home) == ["rema", "kaffe"], timeout=PATIENCE)
    assert filed(home) == ["Kaffe & co: gifts", "REMA 1000: food"]


def test_hidden_amounts_stay_hidden_in_the_preview(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    dialog = opened(home, worker, qtbot, masked=True)
    QTest.keyClicks(dialog.form.text, "rema")
    QTest.keyClicks(dialog.form.payee, "Rema")
    qtbot.waitUntil(lambda: len(cells(dialog)) == 1, timeout=PATIENCE)
    assert not any(letter.isdigit() for letter in cells(dialog)[0][3])


def test_of_several_questions_the_last_is_answered(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    keep(home, Rule(text="rema", category="food"), Rule(text="kaffe", category="food"))
    dialog = opened(home, worker, qtbot)
    for place in (0, 1):
        dialog.list.setCurrentRow(place)
        QTest.keyClicks(dialog.form.payee, "Somebody")
    for place in (0, 1, 0, 1, 0, 1):
        dialog.list.setCurrentRow(place)
    qtbot.waitUntil(lambda: len(cells(dialog)) == 2, timeout=PATIENCE)
    assert {line[1] for line in cells(dialog)} == {"Kaffe & co"}
