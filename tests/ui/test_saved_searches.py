"""Searches with a name: saved with their filters, opened from the sidebar, renamed, deleted, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton

from bankview.store.saved import Saved
from bankview.ui.windows.naming import Naming

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
PATIENCE = 20_000


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person types where a name is asked for, one after the other; nothing is Cancel."""
    said: list[str] = []

    def open_(dialog: Naming) -> None:
        answer = said.pop(0)
        dialog.field.setText(answer.replace("…", dialog.field.text()))
        dialog.accept() if answer else dialog.reject()

    monkeypatch.setattr(Naming, "open", open_)
    return said


def names(viewer: Viewer) -> list[str]:
    model = viewer.sidebar.tree.model()
    texts = [model.index(row, 0).data() for row in range(model.rowCount())]
    return texts[texts.index("Saved searches") + 1 :] if "Saved searches" in texts else []


def save(viewer: Viewer, qtbot: QtBot, name: str, answers: list[str]) -> None:
    before = names(viewer)
    answers.append(name)
    keep = viewer.transactions.strip.findChild(QPushButton, "keep")
    assert isinstance(keep, QPushButton)
    keep.click()
    qtbot.waitUntil(lambda: names(viewer) != before, timeout=PATIENCE)


def rows(viewer: Viewer, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == count, timeout=PATIENCE)


def test_a_search_is_saved_with_its_filters_and_opened_again(
    viewer: Viewer, qtbot: QtBot, answers: list[str]
) -> None:
    viewer.sidebar.choose(("account", 1))
    viewer.filters.search.setText("payee:kiwi")
    viewer.filters.more.low.setText("10,20")
    viewer.filters.period.setCurrentIndex(6)
    rows(viewer, qtbot, 0)
    state = viewer.filters.state()
    save(viewer, qtbot, "Dear kiwis", answers)
    viewer.filters.clear()
    viewer.sidebar.choose(("all", None))
    rows(viewer, qtbot, 30)
    viewer.sidebar.choose(("saved", "Dear kiwis"))
    rows(viewer, qtbot, 0)
    assert viewer.filters.search.text() == "payee:kiwi account:=Current"
    assert viewer.filters.state()[1:] == state[1:]
    assert viewer.transactions.header.title.text() == "Dear kiwis"
    viewer.filters.period.setCurrentIndex(0)
    rows(viewer, qtbot, 3)
    viewer.act["back"].trigger()
    rows(viewer, qtbot, 30)
    viewer.act["forward"].trigger()
    rows(viewer, qtbot, 3)
    viewer.sidebar.choose(("account", 1))
    rows(viewer, qtbot, 30)
    assert not viewer.filters.search.text()


def test_a_search_is_renamed_and_deleted_and_both_are_taken_back(
    viewer: Viewer, qtbot: QtBot, answers: list[str]
) -> None:
    viewer.filters.search.setText("kiwi")
    rows(viewer, qtbot, 10)
    save(viewer, qtbot, "A", answers)
    search = Saved("A", "kiwi")
    answers.append("…nother")
    viewer.sidebar.search_asked.emit("rename", search)
    qtbot.waitUntil(lambda: names(viewer) == ["Another"], timeout=PATIENCE)
    viewer.sidebar.search_asked.emit("forget", Saved("Another", "kiwi"))
    qtbot.waitUntil(lambda: names(viewer) == [], timeout=PATIENCE)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: names(viewer) == ["Another"], timeout=PATIENCE)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: names(viewer) == ["A"], timeout=PATIENCE)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: names(viewer) == [], timeout=PATIENCE)


def test_who_gives_no_name_saves_nothing(viewer: Viewer, qtbot: QtBot, answers: list[str]) -> None:
    viewer.filters.search.setText("kiwi")
    rows(viewer, qtbot, 10)
    answers += ["", "   "]
    viewer.act["keep"].trigger()
    viewer.act["keep"].trigger()
    assert not answers
    assert not viewer.act["undo"].isEnabled()


def test_what_was_kept_by_another_version_opens_as_far_as_it_is_known(viewer: Viewer) -> None:
    kept = {"period": "a fortnight", "status": "lost", "since": "soon", "low": "5", "moon": "1"}
    viewer.filters.restore(viewer.filters.of_kept("kiwi", kept))
    assert viewer.filters.kept() == {"low": "5"}
