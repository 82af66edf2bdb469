"""What is stored where: complete, true, and with a way to each folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QAbstractItemModelTester

from bankview.keychain.memory import Memory
from bankview.ui.stored import stored
from bankview.ui.windows.stored import SIZE, WHAT, WHERE, StoredWhere

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

pytestmark = pytest.mark.window


@pytest.fixture
def dialog(home: Home, worker: Worker, qtbot: QtBot) -> StoredWhere:
    made = StoredWhere(worker, home)
    qtbot.addWidget(made, before_close_func=lambda _: None)
    QAbstractItemModelTester(made.model, made)
    made.show()
    qtbot.waitUntil(lambda: made.model.rowCount() > 0, timeout=20_000)
    return made


def test_every_file_of_a_home_belongs_to_a_row(home: Home) -> None:
    beside = {home.paths.home_file, home.paths.vault.with_name("secrets.vault.lock")}
    known = [one.path for one in stored(home) if one.path]
    files = list(home.paths.data.rglob("*"))
    assert home.paths.ledger in files
    for file in files:
        if file.is_file() and file not in beside and home.paths.locks not in file.parents:
            assert any(
                file == path or path in file.parents or file.name.startswith(f"{path.name}-")
                for path in known
            ), file


def test_sizes_are_those_of_the_files(home: Home) -> None:
    home.paths.backups.mkdir(exist_ok=True)
    (home.paths.backups / "a").write_bytes(bytes(1000))
    (home.paths.backups / "b").write_bytes(bytes(234))
    sizes = {one.path: one.size for one in stored(home)}
    assert sizes[home.paths.backups] == 1234
    assert (sizes[home.paths.ledger] or 0) >= home.paths.ledger.stat().st_size
    assert sizes[home.paths.settings] == 0


def test_secrets_are_said_to_lie_where_they_do(home: Home) -> None:
    assert home.paths.vault in [one.path for one in stored(home)]
    home.secrets = Memory()
    (kept,) = [one for one in stored(home) if one.path is None]
    assert kept.where == "memory"


def test_the_table_shows_them_and_leads_to_their_folder(
    dialog: StoredWhere, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    assert not dialog.folder.isEnabled()
    dialog.table.selectRow(0)
    assert dialog.model.item(0, WHAT).text() == "Ledger"
    assert dialog.model.item(0, WHERE).text() == str(home.paths.ledger)
    assert "iB" in dialog.model.item(0, SIZE).text()
    dialog.folder.click()
    assert opened == [QUrl.fromLocalFile(str(home.paths.data))]
