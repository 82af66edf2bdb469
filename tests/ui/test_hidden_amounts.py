"""Hidden amounts: no digit of one is left in anything that is visible, told to a screen reader, or copied."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from bankview.domain.connection import Connection
from bankview.store import connections
from bankview.ui.affairs import Affairs
from bankview.ui.masking import hidden_columns, hidden_values
from bankview.ui.models.transactions import MASK
from bankview.ui.windows.export import ExportDialog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

pytestmark = pytest.mark.window
#: Two decimals that belong to no day, time, or version; the balance in thousands; and a rounded one on an axis.
AMOUNT = re.compile(r"(?<![\d.:])\d+[.,]\d{2}(?![\d.:])|\d[,.\s\u00a0\u202f]\d{3}(?!\d)")
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.StatusTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
    Qt.ItemDataRole.EditRole,
)


def cells(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    for row in range(model.rowCount(parent)):
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
        for column in range(columns):
            index = model.index(row, column, parent)
            yield from (str(model.data(index, role) or "") for role in ROLES)
        yield from cells(model, model.index(row, 0, parent))


def said(widget: QWidget) -> Iterator[str]:
    yield from (widget.accessibleName(), widget.accessibleDescription(), widget.toolTip())
    yield from (widget.windowTitle(), widget.statusTip())
    if isinstance(widget, (QLabel, QLineEdit)):
        yield widget.text()
    if isinstance(widget, QPlainTextEdit):
        yield widget.toPlainText()
    if isinstance(widget, QAbstractItemView) and widget.model():
        yield from cells(widget.model(), QModelIndex())


def amounts() -> list[str]:
    """Return what looks like an amount in anything visible, with what it is in."""
    return [
        f"{type(widget).__name__} {widget.objectName()}: {text}"
        for widget in QApplication.allWidgets()
        if widget.isVisible()
        for text in said(widget)
        if AMOUNT.search(text)
    ]


def at_rest(worker: Worker, qtbot: QtBot) -> None:
    QApplication.processEvents()
    qtbot.waitUntil(lambda: worker.idle, timeout=20_000)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: worker.idle, timeout=20_000)


def hide(viewer: Viewer) -> None:
    viewer.act["hide"].trigger()
    assert viewer.masked


@pytest.mark.parametrize(
    "choice",
    [("all", None), ("page", "overview"), ("page", "charts"), ("page", "recurring")],
    ids=lambda choice: choice[1] or choice[0],
)
def test_no_page_shows_an_amount(
    viewer: Viewer, worker: Worker, qtbot: QtBot, choice: tuple[str, str | None]
) -> None:
    viewer.sidebar.choose(choice)
    at_rest(worker, qtbot)
    if choice != ("page", "recurring"):
        assert amounts()
    hide(viewer)
    at_rest(worker, qtbot)
    assert not amounts()


def test_neither_do_a_row_its_details_and_the_clipboard(
    viewer: Viewer, worker: Worker, qtbot: QtBot
) -> None:
    viewer.sidebar.choose(("account", viewer._facts.accounts[0].id if viewer._facts else 0))
    hide(viewer)
    at_rest(worker, qtbot)
    viewer.table.selectRow(3)
    viewer.detail.show_more(viewer.detail.row, (("Fee", "NOK 12.50"),))
    at_rest(worker, qtbot)
    assert not amounts()
    viewer.table.copy()
    assert MASK in QApplication.clipboard().text()
    assert not AMOUNT.search(QApplication.clipboard().text())


def test_the_preview_of_a_file_is_masked_and_says_that_the_file_is_not(
    viewer: Viewer, worker: Worker, home: Home, qtbot: QtBot
) -> None:
    hide(viewer)
    dialog = ExportDialog(home, worker, viewer.shown_now(), viewer.window)
    dialog.open()
    for row in range(2):
        dialog.presets.setCurrentRow(row)
        at_rest(worker, qtbot)
        assert MASK in dialog.preview.toPlainText()
        assert "2026" in dialog.preview.toPlainText()
        assert not amounts()
    assert "the file and the copy have them" in "".join(
        label.text() for label in dialog.findChildren(QLabel)
    )


def test_what_is_known_of_an_account_is_masked(
    viewer: Viewer, worker: Worker, home: Home, qtbot: QtBot
) -> None:
    account = viewer._facts.accounts[0] if viewer._facts else None
    assert account
    with closing(home.database()) as db:
        connections.save_connection(db, Connection("dnb", "sparebank1", "DNB"))
    hide(viewer)
    Affairs(worker, home, viewer).act("about", account.id)
    qtbot.waitUntil(
        lambda: bool(viewer.window.findChildren(QDialog, "about-dialog")), timeout=20_000
    )
    at_rest(worker, qtbot)
    assert not amounts()


def test_of_a_banks_own_words_those_with_figures_are_hidden() -> None:
    told = hidden_values((("Overdraft", "up to 5000"), ("Kind", "current")))
    assert told == (("Overdraft", MASK), ("Kind", "current"))


def test_quoted_fields_keep_their_place() -> None:
    text = 'date,payee,amount\n2026-01-02,"A, B",-3.00\n2026-01-02,C,\n'
    masked = f'date,payee,amount\n2026-01-02,"A, B",{MASK}\n2026-01-02,C,\n'
    assert hidden_columns(text) == masked
