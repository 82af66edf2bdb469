"""The import dialog over a real ledger: what it shows of a file, what it asks, and what it brings in."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QPushButton

from bankview.store import connections, view
from bankview.ui.import_job import noted
from bankview.ui.models.transactions import MASK
from bankview.ui.pen import Pen
from bankview.ui.windows.import_ import ImportDialog
from bankview.ui.windows.main import MainWindow
from tests.ui.dialogs.conftest import child

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

    Open = Callable[..., ImportDialog]

pytestmark = [
    pytest.mark.window,
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]
MS = 20_000
#: What the home has before.
ROWS = 6
#: Of the account that the home has, in its number.
OURS = "Account number;Date;Text;Amount\n42020000011;24.11.2026;Coffee;-30,00\n42020000011;25.11.2026;Tea;-20,00\n"


@pytest.fixture
def open_(home: Home, worker: Worker, qtbot: QtBot, tmp_path: Path) -> Open:
    """Return a function that opens the dialog over a file."""

    def opened(text: str | bytes, name: str = "rows.csv", *, masked: bool = False) -> ImportDialog:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        made = ImportDialog(home, worker, path, masked=masked)
        qtbot.addWidget(made)
        made.show()
        qtbot.waitUntil(lambda: bool(made.problem.said or counted(made)), timeout=MS)
        return made

    return opened


def counted(dialog: ImportDialog) -> str:
    text = dialog._counted.text()
    return "" if text.startswith("Reading") else text


def rows_of(home: Home) -> int:
    with closing(home.database()) as db:
        return len(list(view.transactions(db, view.Filter())))


def bring(dialog: ImportDialog) -> QPushButton:
    return child(dialog, QPushButton, "bring")


def choose(dialog: ImportDialog, name: str, data: object, qtbot: QtBot) -> None:
    box = child(dialog, QComboBox, name)
    place = box.findData(data)
    assert place >= 0
    box.setCurrentIndex(place)
    box.activated.emit(place)
    qtbot.waitUntil(lambda: bool(dialog.problem.said or counted(dialog)), timeout=MS)


def test_a_file_is_shown_comes_in_and_is_taken_back(
    home: Home, worker: Worker, open_: Open, qtbot: QtBot
) -> None:
    dialog = open_(OURS)
    assert counted(dialog) == "2 rows: 2 new, 0 known, 0 uncertain."
    preview = child(dialog, QPlainTextEdit, "preview")
    assert preview.toPlainText().splitlines()[1].split() == ["2026-11-24", "−30.00", "Coffee"]
    with qtbot.waitSignal(dialog.brought, timeout=MS) as told:
        QTest.mouseClick(bring(dialog), Qt.MouseButton.LeftButton)
    assert rows_of(home) == ROWS + 2
    assert told.args
    pen = Pen(worker, home)
    pen.do(noted(home, *told.args))
    for turn, count in ((pen.undo, ROWS), (pen.redo, ROWS + 2), (pen.undo, ROWS)):
        turn()
        pen.finish()
        assert rows_of(home) == count


def test_what_is_new_known_or_uncertain_can_be_looked_at_alone(open_: Open, qtbot: QtBot) -> None:
    met = "42020000011;03.11.2026;Vipps Kari;-49,00\n42020000011;12.11.2026;REMA 1000;-486,20\n"
    dialog = open_(OURS + met)
    assert counted(dialog).startswith("4 rows: 2 new, 1 known, 1 uncertain.")
    kind = child(dialog, QComboBox, "kind")
    assert kind.isVisible()
    offered = [kind.itemText(place) for place in range(kind.count())]
    assert offered == ["All rows", "New (2)", "Known (1)", "Uncertain (1)"]

    def states() -> list[tuple[str, str]]:
        lines = [line.split() for line in dialog.preview.toPlainText().splitlines()[1:]]
        return [(words[0], words[-1]) for words in lines]

    new = [("New", "Coffee"), ("New", "Tea")]
    assert states() == [*new, ("Uncertain", "Kari"), ("Known", "1000")]
    for name, rows in (("new", new), ("known", [("Known", "1000")]), ("", states())):
        choose(dialog, "kind", name, qtbot)
        assert states() == rows


def test_a_question_is_shown_and_answered(home: Home, open_: Open, qtbot: QtBot) -> None:
    dialog = open_("Account number,Date,Text,Amount\n42020000011,03/04/2026,Tea,-1.50\n")
    assert "03/04/2026" in dialog.problem.said
    assert not bring(dialog).isEnabled()
    choose(dialog, "column-order", "mdy", qtbot)
    assert dialog.problem.said == ""
    assert bring(dialog).isEnabled()
    assert dialog.preview.toPlainText().splitlines()[1].startswith("2026-03-04")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_characters_are_shown(open_: Open, encoding: str) -> None:
    dialog = open_(OURS.replace("Tea", "Tø").encode(encoding))
    box = child(dialog, QComboBox, "column-encoding")
    assert encoding.startswith(box.currentData())
    assert "Tø" in dialog.preview.toPlainText()


def test_another_column_may_be_chosen_and_is_seen_at_once(open_: Open, qtbot: QtBot) -> None:
    dialog = open_("Account number;Date;Text;Amount;Fee\n42020000011;24.11.2026;Tea;-1,50;-9,00\n")
    choose(dialog, "column-amount", "5", qtbot)
    assert "−9.00" in dialog.preview.toPlainText()


def test_an_unknown_account_is_made_where_the_person_says_so(
    home: Home, open_: Open, qtbot: QtBot
) -> None:
    dialog = open_(OURS.replace("42020000011;", "77700077;"), "saving.csv")
    assert "77700077" in dialog.problem.said
    choose(dialog, "account", -1, qtbot)
    assert "does not say its currency" in dialog.problem.said
    dialog.currency.setText("nok")
    dialog.look()
    qtbot.waitUntil(bring(dialog).isEnabled, timeout=MS)
    with qtbot.waitSignal(dialog.brought, timeout=MS):
        dialog.bring()
    with closing(home.database()) as db:
        made = connections.accounts(db)[-1]
    assert (made.label, made.number, made.currency) == ("saving", "77700077", "NOK")


def test_a_statement_of_another_account_is_said_and_comes_in_only_anyway(
    home: Home, open_: Open, qtbot: QtBot
) -> None:
    dialog = open_(OURS.replace("42020000011;", "77700077;"))
    assert dialog.anyway.isHidden()
    choose(dialog, "account", 1, qtbot)
    assert "is of 77700077, and not of Brukskonto" in dialog.problem.said
    assert not bring(dialog).isEnabled()
    QTest.mouseClick(dialog.anyway, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(bring(dialog).isEnabled, timeout=MS)
    assert dialog.anyway.isVisible()
    choose(dialog, "account", 1, qtbot)
    assert not dialog.anyway.isChecked()
    QTest.mouseClick(dialog.anyway, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(bring(dialog).isEnabled, timeout=MS)
    with qtbot.waitSignal(dialog.brought, timeout=MS):
        dialog.bring()
    assert rows_of(home) == ROWS + 2


def test_columns_that_are_not_guessed_may_be_chosen(open_: Open, qtbot: QtBot) -> None:
    dialog = open_(
        "Account number;Date;Text;Amount;Way;Code;Mark\n42020000011;24.11.2026;Tea;1,50;D;K7;X9\n"
    )
    for name, place in (("direction", "5"), ("reference", "6"), ("bank_id", "7")):
        choose(dialog, f"column-{name}", place, qtbot)
    assert dialog.preview.toPlainText().splitlines()[1].endswith("−1.50  Tea · K7 · X9")


def test_what_is_no_statement_is_said(open_: Open) -> None:
    dialog = open_(b"%PDF-1.7", "march.pdf")
    assert "It is a PDF" in dialog.problem.said
    assert not bring(dialog).isEnabled()


def test_hidden_amounts_are_hidden_here_too(open_: Open) -> None:
    text = open_(OURS, masked=True).preview.toPlainText()
    assert MASK in text
    assert "30" not in text


def test_who_cancels_leaves_nothing(home: Home, worker: Worker, open_: Open, qtbot: QtBot) -> None:
    dialog = open_(OURS)
    dialog.reject()
    qtbot.waitUntil(lambda: worker.idle, timeout=MS)
    with closing(home.database()) as db:
        assert db.one("SELECT count(*) FROM incoming") == 0
        assert db.one("SELECT count(*) FROM import") == 0
    assert rows_of(home) == ROWS


def test_a_file_may_be_let_fall_on_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    window = MainWindow(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "rows.csv")), QUrl("https://bank.example")])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    with qtbot.waitSignal(window.dropped, timeout=MS) as told:
        window.dropEvent(drop)
    assert told.args == [str(tmp_path / "rows.csv")]
