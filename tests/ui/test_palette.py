"""Everything is found by its name: Ctrl+K, a few letters, Return."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from bankview.ui.windows.palette import Entry, Palette, ranked

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer

PATIENCE = 20_000


def entries(*texts: str) -> list[Entry]:
    return [Entry(text, "", "", lambda: None) for text in texts]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["Brukskonto", "Update all", "Export…", "Spårkonto"]),
        ("ex", ["Export…"]),
        ("KONTO", ["Brukskonto", "Spårkonto"]),
        ("spar", ["Spårkonto"]),
        ("all up", ["Update all"]),
        ("nothing", []),
    ],
)
def test_all_words_are_looked_for_whatever_case_and_accents(typed: str, found: list[str]) -> None:
    given = entries("Brukskonto", "Update all", "Export…", "Spårkonto")
    assert [one.text for one in ranked(given, typed)] == found


def test_what_begins_with_it_comes_first() -> None:
    given = entries("Card account", "An account", "Account", "Subaccount")
    assert [one.text for one in ranked(given, "account")] == [
        "Account",
        "Card account",
        "An account",
        "Subaccount",
    ]


def opened(viewer: Viewer, qtbot: QtBot) -> Palette:
    viewer.act["go"].trigger()
    qtbot.waitUntil(lambda: bool(viewer.window.findChildren(Palette)), timeout=PATIENCE)
    (found,) = viewer.window.findChildren(Palette)
    return found


@pytest.mark.window
def test_return_goes_to_the_account_that_was_typed(viewer: Viewer, qtbot: QtBot) -> None:
    palette = opened(viewer, qtbot)
    QAbstractItemModelTester(palette.entries)
    QTest.keyClicks(palette.field, "curr")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert viewer._facts
    assert viewer.sidebar.choice() == ("account", viewer._facts.accounts[0].id)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None, timeout=PATIENCE)


@pytest.mark.window
def test_a_command_runs_and_arrows_move(viewer: Viewer, qtbot: QtBot) -> None:
    palette = opened(viewer, qtbot)
    QTest.keyClicks(palette.field, "amounts")
    assert [one.text for one in palette.entries.shown] == ["Hide amounts"]
    palette.field.clear()
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    QTest.keyClicks(palette.field, "hide")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert viewer.masked


@pytest.mark.window
def test_return_does_nothing_where_nothing_is_found(viewer: Viewer, qtbot: QtBot) -> None:
    palette = opened(viewer, qtbot)
    QTest.keyClicks(palette.field, "no such thing")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.reject()


@pytest.mark.window
def test_what_can_be_done_with_a_bank_is_found_beside_its_name(
    viewer: Viewer, qtbot: QtBot
) -> None:
    palette = opened(viewer, qtbot)
    QTest.keyClicks(palette.field, "explore dnb")
    with qtbot.waitSignal(viewer.account_asked, timeout=PATIENCE) as heard:
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert tuple(heard.args or ()) == ("explore", "dnb")
