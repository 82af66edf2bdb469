"""The explorer over a real connection: what is typed is asked, what comes is shown, what is saved is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, Say
from tests.sync import conftest as bank
from tests.ui.viewing import viewer_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.explorer import Explorer
    from bankview.ui.worker import Worker
    from tests.sync.conftest import OwnHome, Person, ToyBank

pytestmark = pytest.mark.window
PATIENCE = 20_000

clock, home, person, toy = bank.clock, bank.home, bank.person, bank.toy


@pytest.fixture
def explorer(
    home: OwnHome,
    toy: ToyBank,
    person: Person,
    worker: Worker,
    qtbot: QtBot,
    tmp_path: Path,
) -> Iterator[Explorer]:
    connect(home, toy.bank, person.front())
    viewer = viewer_over(home, worker, tmp_path, home.now)
    qtbot.addWidget(viewer.window)
    qtbot.waitUntil(lambda: bool(viewer.connections), timeout=PATIENCE)
    viewer.explore("toy")
    qtbot.waitUntil(viewer.pages.explorer.isVisible, timeout=PATIENCE)
    yield viewer.pages.explorer
    viewer.close_ledger()


def ask(explorer: Explorer, path: str, qtbot: QtBot) -> None:
    explorer.path.clear()
    QTest.keyClicks(explorer.path, path)
    QTest.keyClick(explorer.path, Qt.Key.Key_Return)
    qtbot.waitUntil(explorer.send.isEnabled, timeout=PATIENCE)


def test_a_list_is_shown_as_a_table_and_saved_whole(
    explorer: Explorer,
    toy: ToyBank,
    qtbot: QtBot,
) -> None:
    toy.server.tell("/api/prices", Say(200, [{"day": "1", "close": 1.8}, {"day": "2"}], JSON))
    ask(explorer, "prices", qtbot)
    assert explorer.status.text().startswith("200 OK")
    assert explorer.tabs.currentWidget() is explorer.table
    model = explorer.table.model()
    assert [model.index(0, column).data() for column in (0, 1)] == ["1", "1.8"]
    with qtbot.waitSignal(explorer.saving, timeout=PATIENCE) as saved:
        QTest.mouseClick(explorer.save_csv, Qt.MouseButton.LeftButton)
    assert saved.args == [b"day,close\r\n1,1.8\r\n2,\r\n", "prices.csv"]


def test_an_object_is_shown_as_a_tree(
    explorer: Explorer,
    toy: ToyBank,
    qtbot: QtBot,
) -> None:
    toy.server.tell("/api/me", Say(200, {"name": "Nora", "accounts": [1]}, JSON))
    ask(explorer, "me", qtbot)
    assert explorer.tabs.currentWidget() is explorer.tree
    model = explorer.tree.model()
    assert model.index(0, 1).data() == "Nora"
    assert model.index(1, 1).data() == "1 entry"
    assert not explorer.tabs.isTabEnabled(explorer.tabs.indexOf(explorer.table))


def test_an_error_of_the_bank_is_an_answer_too(
    explorer: Explorer,
    toy: ToyBank,
    qtbot: QtBot,
) -> None:
    toy.server.tell("/api/gone", Say(404, b"Nothing here", {"Content-Type": "text/plain"}))
    ask(explorer, "gone", qtbot)
    assert explorer.status.text().startswith("404 Not Found")
    assert explorer.raw.toPlainText() == "Nothing here"
    assert "Content-Type: text/plain" in explorer.headers.toPlainText()
    assert not explorer.save_json.isVisible()


def test_what_may_not_be_asked_is_said_and_not_sent(
    explorer: Explorer,
    toy: ToyBank,
    qtbot: QtBot,
) -> None:
    before = len(toy.server.seen)
    ask(explorer, "../token", qtbot)
    assert explorer.status.text()
    assert len(toy.server.seen) == before
    QTest.keyClicks(explorer.parameters, "novalue")
    ask(explorer, "me", qtbot)
    assert "no k=v" in explorer.status.text()
    assert len(toy.server.seen) == before


def test_earlier_requests_can_be_sent_again(
    explorer: Explorer,
    toy: ToyBank,
    qtbot: QtBot,
) -> None:
    toy.server.tell("/api/a", Say(200, {"n": 1}, JSON), Say(200, {"n": 2}, JSON))
    toy.server.tell("/api/b", Say(200, {}, JSON))
    ask(explorer, "a", qtbot)
    ask(explorer, "b", qtbot)
    assert [explorer.history.itemText(n) for n in (1, 2)] == ["b", "a"]
    explorer.history.activated.emit(2)
    qtbot.waitUntil(explorer.send.isEnabled, timeout=PATIENCE)
    assert explorer.path.text() == "a"
    model = explorer.tree.model()
    assert model.index(0, 1).data() == "2"


def test_what_logs_us_in_is_on_no_tab(
    explorer: Explorer,
    toy: ToyBank,
    qtbot: QtBot,
) -> None:
    toy.server.tell("/api/a", Say(200, {}, JSON))
    ask(explorer, "a", qtbot)
    token = toy.server.seen[-1].headers["Authorization"].removeprefix("Bearer ")
    shown = explorer.raw.toPlainText() + explorer.headers.toPlainText() + explorer.status.text()
    assert token
    assert token not in shown
