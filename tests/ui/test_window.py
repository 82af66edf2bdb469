"""The main window over a real ledger, by keys and clicks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bankview.ui.models.transactions import MASK, Column
from bankview.ui.poller import Poller

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

pytestmark = pytest.mark.window


def test_what_is_typed_narrows_the_rows_and_is_summed(viewer: Viewer, qtbot: QtBot) -> None:
    QTest.keyClicks(viewer.filters.search, "kiwi")
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 10, timeout=20_000)
    qtbot.waitUntil(
        lambda: "<b>10</b> of 30 shown" in viewer.transactions.strip.text.text(), timeout=20_000
    )
    QTest.keyClick(viewer.filters.search, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(viewer.filters.search, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 30, timeout=20_000)


def test_a_search_without_a_match_says_so(viewer: Viewer, qtbot: QtBot) -> None:
    QTest.keyClicks(viewer.filters.search, "nothing like it")
    qtbot.waitUntil(viewer.transactions.nothing.isVisible, timeout=20_000)
    assert viewer.transactions.nothing.text() == "No row matches “nothing like it”."


def test_hidden_amounts_are_hidden_everywhere(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.table.selectRow(0)
    viewer.act["hide"].trigger()
    assert viewer.transactions.model.index(0, Column.AMOUNT).data() == MASK
    assert MASK in viewer._chosen.text()
    assert "5" not in viewer.sidebar.totals.text().partition("<b>")[2].partition("</b>")[0]


def test_a_selected_row_shows_its_details_and_its_sum(viewer: Viewer) -> None:
    viewer.table.selectRow(0)
    assert viewer._chosen.text().startswith("1 selected")


def test_rows_are_sorted_by_a_click_on_the_header(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.table.sortByColumn(Column.AMOUNT, Qt.SortOrder.AscendingOrder)

    def first() -> int:
        row = viewer.transactions.model.row(0)
        return row.amount if row else 0

    qtbot.waitUntil(lambda: first() == -1029, timeout=20_000)


def test_what_another_process_commits_appears(
    viewer: Viewer, home: Home, worker: Worker, qtbot: QtBot
) -> None:
    version = viewer.data_version()
    code = (
        "import sys; from pathlib import Path; from bankview.paths import Paths; from bankview.sync.home import Home\n"
        "from bankview.store.connections import accounts, rename_account\n"
        "home = Home.open(Paths.of(Path(sys.argv[1])), 'passphrase', passphrase=lambda: 'open')\n"
        "db = home.database(); rename_account(db, accounts(db)[0].id, 'Renamed elsewhere')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(home.paths.data)],
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert viewer.data_version() != version
    poller = Poller(worker, home)
    poller.look.connect(viewer.reload)
    tree = viewer.sidebar.tree.model()

    def names() -> list[str]:
        return [str(tree.index(row, 0).data()) for row in range(tree.rowCount())]

    qtbot.waitUntil(lambda: "Renamed elsewhere" in names(), timeout=20_000)


def test_a_bank_whose_profile_is_gone_is_never_due(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    # Its profile is gone: nothing can be due, and nobody is asked for anything.
    poller = Poller(worker, home)
    with qtbot.waitSignal(poller.scheduled, timeout=20_000) as signal:
        poller.tick()
    assert [run.at for run in signal.args[0]] == [None]
