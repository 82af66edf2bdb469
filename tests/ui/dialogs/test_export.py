from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
)

from bankview.store import connections
from bankview.store.view import Filter
from bankview.ui.widgets.problem import Problem
from bankview.ui.windows.export import ExportDialog, Shown
from tests.ui.dialogs.conftest import child

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

pytestmark = [
    pytest.mark.window,
    # What the platform without a screen says of itself.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]
MS = 20_000


@pytest.fixture
def dialog(home: Home, worker: Worker, qtbot: QtBot) -> ExportDialog:
    return opened(home, worker, qtbot)


def opened(home: Home, worker: Worker, qtbot: QtBot) -> ExportDialog:
    db = home.database()
    account = connections.accounts(db)[0]
    db.close()
    shown = Shown(Filter(account_ids=(account.id,)), "Brukskonto", "Brukskonto")
    made = ExportDialog(home, worker, shown)
    qtbot.addWidget(made)
    made.show()
    ready(made, qtbot)
    return made


def ready(dialog: ExportDialog, qtbot: QtBot) -> None:
    save = child(dialog, QPushButton, "save")
    qtbot.waitUntil(save.isEnabled, timeout=MS)


def text(dialog: ExportDialog) -> str:
    preview = child(dialog, QPlainTextEdit, "preview")
    return str(preview.toPlainText())


def said(dialog: ExportDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def press(dialog: ExportDialog, name: str, qtbot: QtBot) -> None:
    QTest.mouseClick(child(dialog, QPushButton, name), Qt.MouseButton.LeftButton)


def test_the_preview_is_the_file_s_own_beginning(
    dialog: ExportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(dialog.saved, timeout=MS):
        dialog.save_to(tmp_path / "out.csv")
    written = (tmp_path / "out.csv").read_text("utf-8-sig").replace("\n\n", "\n")
    assert written.strip() == text(dialog)


def test_pending_rows_are_left_out_and_said(dialog: ExportDialog) -> None:
    assert "Kiosk" not in text(dialog)
    assert "3 transactions, sum −285.20" in said(dialog).replace("\N{NO-BREAK SPACE}", " ").replace(
        ",20", ".20"
    )
    assert "1 pending row is left out" in said(dialog)


def test_pending_rows_come_when_they_are_wanted(dialog: ExportDialog, qtbot: QtBot) -> None:
    child(dialog, QCheckBox, "include-pending").click()
    qtbot.waitUntil(lambda: "Kiosk" in text(dialog), timeout=MS)
    assert "left out" not in said(dialog)


def test_every_account_can_be_asked_for(dialog: ExportDialog, qtbot: QtBot) -> None:
    rows = child(dialog, QComboBox, "rows")
    QTest.keyClick(rows, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "Sparekonto" in text(dialog), timeout=MS)


def test_the_keys_choose_a_preset(dialog: ExportDialog, qtbot: QtBot) -> None:
    presets = child(dialog, QListWidget, "presets")
    QTest.keyClick(presets, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "booking_date" in text(dialog), timeout=MS)
    assert "formula" not in said(dialog)


def test_save_offers_a_name_and_writes_there(
    dialog: ExportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    press(dialog, "save", qtbot)
    chooser = child(dialog, QFileDialog, "save-dialog")
    assert "bankview_brukskonto_2026-11-03_2026-11-12.csv" in chooser.selectedFiles()[0]
    name = child(chooser, QLineEdit, "fileNameEdit")
    name.setText(str(tmp_path / "mine.csv"))
    buttons = child(chooser, QDialogButtonBox)
    with qtbot.waitSignal(dialog.saved, timeout=MS) as heard:
        QTest.mouseClick(
            buttons.button(QDialogButtonBox.StandardButton.Save), Qt.MouseButton.LeftButton
        )
    assert heard.args == [3, str(tmp_path / "mine.csv")]
    assert not dialog.isVisible()


def test_the_last_choice_is_remembered(
    home: Home, worker: Worker, tmp_path: Path, qtbot: QtBot
) -> None:
    first = opened(home, worker, qtbot)
    child(first, QCheckBox, "include-pending").click()
    QTest.keyClick(child(first, QListWidget, "presets"), Qt.Key.Key_Down)
    ready(first, qtbot)
    with qtbot.waitSignal(first.saved, timeout=MS):
        first.save_to(tmp_path / "out.csv")
    again = opened(home, worker, qtbot)
    assert again.wish.preset == "standard"
    assert again.wish.pending
    assert home.settings.export_folder == str(tmp_path)


def test_a_folder_that_is_not_there_is_a_sentence_and_the_dialog_stays(
    dialog: ExportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.save_to(tmp_path / "nowhere" / "out.csv")
    problem = child(dialog, Problem)
    qtbot.waitUntil(problem.isVisible, timeout=MS)
    assert "could not be written" in problem.said
    assert dialog.isVisible()
    assert child(dialog, QPushButton, "save").isEnabled()


def test_copy_puts_the_whole_file_on_the_clipboard(dialog: ExportDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.copied, timeout=MS) as heard:
        press(dialog, "copy", qtbot)
    assert heard.args == [3]
    assert "REMA 1000" in QGuiApplication.clipboard().text()


def test_save_is_the_only_default_button(dialog: ExportDialog) -> None:
    defaults = [one.objectName() for one in dialog.findChildren(QPushButton) if one.isDefault()]
    assert defaults == ["save"]
