"""Every model of the window keeps Qt's rules over strange rows, through all that the window does to it."""

from __future__ import annotations

import importlib
import pkgutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

import bankview.ui
from bankview import banks
from bankview.log.http import Exchange
from bankview.store import recurring, view
from bankview.store.view import Order
from bankview.ui.models.bank_list import BankList, entry_of
from bankview.ui.models.exchanges import Exchanges
from bankview.ui.models.recurring import RecurringModel
from bankview.ui.models.transactions import Column, TransactionsModel
from bankview.ui.overview.row_list import Line, RowList
from bankview.ui.windows.palette import Entry, Palette
from tests.ui.strange.household import TEXTS, TODAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer

PATIENCE = 20_000
#: Rows that are read in full.
FEW = 40
#: All that a cell may be asked for.
ROLES = [role for role in Qt.ItemDataRole if role < Qt.ItemDataRole.UserRole]


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    """Watch a model; a rule that is broken ends the process."""
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    return QAbstractItemModelTester(model, fatal, model)


def read(model: QAbstractItemModel) -> None:
    """Ask for everything that there is, and for what is nowhere."""
    model.data(QModelIndex())
    model.flags(QModelIndex())
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(min(model.rowCount(), FEW)):
        for column in range(columns):
            index = model.index(row, column)
            assert index.isValid()
            assert model.flags(index) is not None
            for role in ROLES:
                index.data(role)
    for section in range(columns):
        for role in ROLES:
            model.headerData(section, Qt.Orientation.Horizontal, role)
            model.headerData(section, Qt.Orientation.Vertical, role)


def transactions(home: Home) -> None:
    model = TransactionsModel()
    watched(model)
    model.today, model.wants_more = TODAY, True
    with closing(home.database()) as db:
        for filter_ in (view.Filter(), view.Filter(text="vault"), view.Filter(text="nowhere")):
            for order in Order:
                fences = view.fences(db, filter_, order, True)

                def fetch(number: int, fences: view.Fences = fences) -> list[view.Row]:
                    start = number * view.PAGE
                    return view.page(db, filter_, order, True, offset=start)  # noqa: B023 - read at once

                model.show(0, lambda _: [], (), lambda ids: view.more(db, ids))
                model.show(min(fences.count, 20), fetch, fetch(0))
                model.complete(fences.count, fetch)
                model.complete(min(fences.count, 3), fetch)
            read(model)
        model.masked = True
        model.show(7, fetch)
        read(model)


def payments(home: Home) -> None:
    model = RecurringModel()
    watched(model)
    read(model)
    with closing(home.database()) as db:
        found = recurring.recurring(db, TODAY)
    assert found
    for rows, masked in ((found, False), (found, True), (found[:1], False), ((), False)):
        model.show(rows, TODAY, masked=masked)
        read(model)


def lines(_: Home) -> None:
    view_ = RowList("Newest")
    model = view_.model()
    watched(model)
    read(model)
    found = [Line(text, text, text, text, "text", text) for text in TEXTS.values()]
    for some in (found, found[:1], [], found + found):
        view_.show_lines(some)
        read(model)


def bank_list(_: Home) -> None:
    found = tuple(entry_of(bank) for bank in banks.all_banks())
    model = BankList(found)
    watched(model)
    for search, country in (("", ""), ("spare", ""), ("", "NO"), (TEXTS["markup"], ""), ("", "")):
        model.narrow(search, country)
        read(model)
    model.set_entries(())
    read(model)


def exchanges(_: Home) -> None:
    model = Exchanges()
    watched(model)
    read(model)
    at = datetime(2026, 11, 20, tzinfo=UTC)
    for n, text in enumerate(TEXTS.values()):
        model.add([Exchange(at + timedelta(seconds=n), "GET", text, 200, 0.1, 5, text)] * (n + 1))
    read(model)


def palette(_: Home) -> None:
    entries = [Entry(text, text, "bank", lambda: None) for text in TEXTS.values()]
    made = Palette(entries, None)  # type: ignore[arg-type]
    watched(made.entries)
    for typed in ("", "markup", "nowhere", "family", ""):
        made.field.setText(typed)
        read(made.entries)
    made.deleteLater()


#: What each model goes through, by its name.
COVERED: dict[str, Callable[[Home], None]] = {
    "TransactionsModel": transactions,
    "RecurringModel": payments,
    "_Lines": lines,
    "BankList": bank_list,
    "Exchanges": exchanges,
    "_Entries": palette,
}


def models(kind: type = QAbstractItemModel) -> set[str]:
    """Return the names of all models that are the app's own."""
    found: list[type] = kind.__subclasses__()
    ours = {one.__name__ for one in found if one.__module__.startswith("bankview.")}
    return ours.union(*map(models, found))


def test_no_model_of_the_app_is_left_out() -> None:
    for module in pkgutil.walk_packages(bankview.ui.__path__, "bankview.ui."):
        importlib.import_module(module.name)
    assert models() == set(COVERED)


@pytest.mark.window
@pytest.mark.parametrize("name", COVERED)
def test_a_model_keeps_qts_rules(home: Home, qtbot: QtBot, name: str) -> None:
    COVERED[name](home)


@pytest.mark.window
def test_the_windows_models_keep_qts_rules_while_it_is_used(viewer: Viewer, qtbot: QtBot) -> None:
    found = [viewer.transactions.model, *viewer.window.findChildren(QAbstractItemModel)]
    assert viewer.sidebar.tree.model() in found
    for model in found:
        watched(model)
    shown = viewer.transactions.model
    header = viewer.table.horizontalHeader()
    for column in (Column.PAYEE, Column.AMOUNT, Column.ACCOUNT, Column.DATE):
        for order in Qt.SortOrder:
            header.setSortIndicator(column, order)
            qtbot.waitUntil(lambda: not viewer._worker._waiting, timeout=PATIENCE)
    viewer.filters.search.setText("vault")
    qtbot.waitUntil(lambda: 0 < shown.rowCount() <= 120, timeout=PATIENCE)
    viewer.filters.search.setText("")
    viewer.act["hide"].trigger()
    viewer.sidebar.choose(("bank", "odd"))
    viewer.suspend()
    assert shown.rowCount() == 0
    viewer.resume()
    qtbot.waitUntil(lambda: shown.rowCount() > 100, timeout=PATIENCE)
