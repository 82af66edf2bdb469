"""A window over the strange household."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bankview.keychain import vault
from bankview.paths import Paths
from bankview.sync.home import Home
from bankview.ui.style import Look
from tests.ui.strange.household import NOON, fill
from tests.ui.viewing import viewer_over
from tests.ui.wearing import wear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

#: Accounts without a row, beside the others.
MANY = 190


def _opened(folder: Path) -> Home:
    return Home.open(Paths.of(folder), "passphrase", passphrase=lambda: "open", now=lambda: NOON)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled home; to read it changes nothing."""
    made = tmp_path_factory.mktemp("strange")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "COST", 10)
        home = _opened(made)
    fill(home, MANY)
    home.close()
    return made


@pytest.fixture
def home(folder: Path) -> Iterator[Home]:
    opened = _opened(folder)
    yield opened
    opened.close()


@pytest.fixture
def styled(qapp: QApplication) -> Iterator[None]:
    """The app's own style, by which labels take no markup."""
    before = qapp.style().name()
    wear(qapp, Look())
    yield
    wear(qapp, before)


@pytest.fixture
def viewer(
    home: Home, worker: Worker, qtbot: QtBot, tmp_path: Path, styled: None
) -> Iterator[Viewer]:
    made = viewer_over(home, worker, tmp_path, lambda: NOON)
    qtbot.addWidget(made.window)
    made.window.resize(1280, 800)
    qtbot.waitUntil(lambda: made.transactions.model.rowCount() > 100, timeout=20_000)
    yield made
    made.close_ledger()
