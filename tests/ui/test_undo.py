"""What a person does is taken back in one place, which says what it would take back."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bankview.store import connections
from bankview.ui.affairs import Affairs
from bankview.ui.windows.naming import Naming

if TYPE_CHECKING:
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
