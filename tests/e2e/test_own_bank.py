"""A bank is added by one file: dropped into the person's folder, it is in the list, and can be connected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from bankview.paths import Paths
from bankview.sync.home import Home
from bankview.ui.sign_in import SignIn
from bankview.ui.windows.connect import ConnectDialog, Offer
from bankview.ui.worker import Worker
from tests.e2e.story import App, Bank, connected_ids

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def folder(household: Bank, tmp_path: Path) -> Path:
    """A home whose folder of banks has one file more."""
    text = household.profile().read_text("utf-8")
    text = text.replace('id = "sparebank1-household"', 'id = "village-bank"')
    text = text.replace('name = "Fjordbanken (demo), household"', 'name = "Village bank"')
    banks = tmp_path / "T" / "banks"
    banks.mkdir(parents=True)
    (banks / "village-bank.toml").write_text(
        text.replace('ca = "../ca.pem"', f'ca = "{household.folder}/ca.pem"'), "utf-8"
    )
    return tmp_path / "T"


@pytest.mark.window
def test_it_appears_in_the_dialog(folder: Path, qtbot: QtBot) -> None:
    worker = Worker()
    home = Home.open(Paths.of(folder), "passphrase", passphrase=lambda: PASSPHRASE)
    try:
        offer = Offer(home.banks(), (), home.adopt, "vault")
        dialog = ConnectDialog(offer, SignIn(home, worker), None)
        qtbot.addWidget(dialog)
        page = dialog._choose
        page.search.setText("village")
        lines = [
            page.model.index(row).data(Qt.ItemDataRole.DisplayRole)
            for row in range(page.model.rowCount())
        ]
        assert lines == ["Village bank"]
        assert page.bank
        assert page.bank.id == "village-bank"
    finally:
        assert worker.close()
        home.close()


def test_it_can_be_connected(folder: Path) -> None:
    flags = ("--home", str(folder), "--secrets", "passphrase")
    app = App(flags=flags, environment={"BANKVIEW_PASSPHRASE": PASSPHRASE})
    assert "village-bank" in {bank["id"] for bank in json.loads(app.run("banks", "--json"))}
    said = app.run("connect", "village-bank", "--browser", app.as_browser())
    assert connected_ids(said)[-1] == "village-bank"
    app.run("sync")
    assert len(json.loads(app.run("accounts", "--json"))) == 4
