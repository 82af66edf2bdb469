"""What a person does is taken back in one place, which says what it would take back."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bankview.settings import load
from bankview.store import connections
from bankview.ui.affairs import Affairs
from bankview.ui.choices import Choices
from bankview.ui.windows.naming import Naming

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.domain.account import Account
    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

pytestmark = pytest.mark.window


@pytest.fixture
def affairs(worker: Worker, home: Home, viewer: Viewer) -> Affairs:
    return Affairs(worker, home, viewer)


def accounts(home: Home) -> list[Account]:
    with closing(home.database()) as db:
        return list(connections.accounts(db))


def undo_text(viewer: Viewer) -> str:
    return viewer.act["undo"].text()


def test_a_hidden_account_comes_back(
    affairs: Affairs, viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    (account,) = accounts(home)
    affairs.act("hide", account.id)
    qtbot.waitUntil(lambda: undo_text(viewer) == "Undo: account Current", timeout=20_000)
    assert accounts(home)[0].hidden
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: not accounts(home)[0].hidden, timeout=20_000)
    qtbot.waitUntil(lambda: undo_text(viewer) == "Undo what you did", timeout=20_000)
    assert not viewer.act["undo"].isEnabled()


def test_a_renamed_account_gets_its_name_back(
    affairs: Affairs, viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    affairs.act("rename", accounts(home)[0].id)
    dialog = viewer.window.findChild(Naming)
    assert isinstance(dialog, Naming)
    dialog.field.setText("Holidays ")
    dialog.accept()
    qtbot.waitUntil(lambda: accounts(home)[0].label == "Holidays", timeout=20_000)
    qtbot.waitUntil(viewer.act["undo"].isEnabled, timeout=20_000)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: accounts(home)[0].own_name == "", timeout=20_000)


def test_a_moved_account_goes_back_to_its_place(
    affairs: Affairs, viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    with closing(home.database()) as db:
        first = connections.accounts(db)[0]
        connections.save_account(db, replace(first, id=0, key="second", name="Second"))
    viewer.reload()
    qtbot.waitUntil(lambda: viewer.account(first.id + 1) is not None, timeout=20_000)
    before = [one.id for one in accounts(home)]
    affairs.act("down", before[0])
    qtbot.waitUntil(lambda: [one.id for one in accounts(home)] == before[::-1], timeout=20_000)
    qtbot.waitUntil(viewer.act["undo"].isEnabled, timeout=20_000)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: [one.id for one in accounts(home)] == before, timeout=20_000)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"category": "food.groceries"}, "Undo: category "),
        ({"note": "lunch"}, "Undo: note"),
        ({"tags": ("a",)}, "Undo: tags"),
        ({"checked": True}, "Undo: checkmark"),
    ],
)
def test_the_menu_says_what_would_be_taken_back(
    viewer: Viewer, qtbot: QtBot, said: dict[str, object], name: str
) -> None:
    viewer.table.selectRow(0)
    row = viewer.detail.row
    assert row
    assert viewer._aside
    viewer._aside.pen.write(row, **said)
    qtbot.waitUntil(lambda: undo_text(viewer).startswith(name), timeout=20_000)


def test_what_was_taken_back_is_done_again(
    affairs: Affairs, viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    redo = viewer.act["redo"]
    assert not redo.isEnabled()
    affairs.act("hide", accounts(home)[0].id)
    qtbot.waitUntil(viewer.act["undo"].isEnabled, timeout=20_000)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: redo.text() == "Redo: account Current", timeout=20_000)
    assert not accounts(home)[0].hidden
    redo.trigger()
    qtbot.waitUntil(lambda: undo_text(viewer) == "Undo: account Current", timeout=20_000)
    assert accounts(home)[0].hidden
    assert redo.text() == "Redo what you undid"
    assert not redo.isEnabled()


def test_after_a_new_deed_nothing_is_done_again(
    affairs: Affairs, viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    affairs.act("hide", accounts(home)[0].id)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(viewer.act["redo"].isEnabled, timeout=20_000)
    viewer.table.selectRow(0)
    assert viewer._aside
    assert viewer.detail.row
    viewer._aside.pen.write(viewer.detail.row, note="lunch")
    qtbot.waitUntil(lambda: not viewer.act["redo"].isEnabled(), timeout=20_000)
    assert undo_text(viewer) == "Undo: note"


def test_checkmarks_of_several_rows_are_one_deed(viewer: Viewer, home: Home, qtbot: QtBot) -> None:
    def checked() -> int:
        with closing(home.database()) as db:
            return int(db.one("SELECT count(*) FROM words WHERE checked"))

    viewer.table.selectAll()
    viewer.table.ticked.emit()
    qtbot.waitUntil(lambda: checked() == 30, timeout=20_000)
    qtbot.waitUntil(viewer.act["undo"].isEnabled, timeout=20_000)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: checked() == 0, timeout=20_000)


def test_a_setting_is_taken_back_and_done_again(
    viewer: Viewer, worker: Worker, tmp_path: Path, qtbot: QtBot
) -> None:
    choices = Choices(tmp_path / "settings.json", worker)
    choices.begin(viewer)
    choices.chosen.connect(lambda deed: viewer.do(deed, "setting"))
    choices.set("pensions", True)
    choices.set("theme", "system")
    qtbot.waitUntil(lambda: undo_text(viewer) == "Undo: setting", timeout=20_000)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: not choices.settings.pensions, timeout=20_000)
    qtbot.waitUntil(viewer.act["redo"].isEnabled, timeout=20_000)
    assert not viewer.act["undo"].isEnabled()
    viewer.act["redo"].trigger()
    qtbot.waitUntil(lambda: choices.settings.pensions, timeout=20_000)
    qtbot.waitUntil(viewer.act["undo"].isEnabled, timeout=20_000)
    qtbot.waitUntil(lambda: load(tmp_path / "settings.json").pensions, timeout=20_000)
