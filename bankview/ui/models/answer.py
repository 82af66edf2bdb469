"""A bank's raw answer as a tree and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QStandardItem, QStandardItemModel

from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.sync.explore import Table

#: Members of one level, and rows, that are shown at most; what is saved has them all.
MOST = 2_000
#: Levels below the top that are laid out; banks nest a few.
DEEPEST = 12


def tree(value: Any) -> QStandardItemModel:
    """Return decoded JSON as a tree of names and values; an object's line says how much is in it."""
    model = QStandardItemModel()
    model.setHorizontalHeaderLabels([tr("Name"), tr("Value")])
    root = model.invisibleRootItem()
    if isinstance(value, (dict, list)):
        _lay(root, value, 0)
    else:
        root.appendRow([_item(tr("answer")), _item(_words(value))])
    return model


def _lay(under: QStandardItem, value: Any, level: int) -> None:
    members: Iterable[tuple[Any, Any]]
    members = value.items() if isinstance(value, dict) else enumerate(value, 1)
    for place, (name, inner) in enumerate(members):
        if place == MOST:
            under.appendRow([_item("…"), _item(tr("{n} more", n=len(value) - MOST))])
            return
        line = _item(str(name))
        under.appendRow([line, _item(_words(inner))])
        if isinstance(inner, (dict, list)) and level < DEEPEST:
            _lay(line, inner, level + 1)


def table(found: Table) -> QStandardItemModel:
    """Return a table's rows, texts as the bank wrote them."""
    header, rows = found
    model = QStandardItemModel()
    model.setHorizontalHeaderLabels(list(header))
    for row in rows[:MOST]:
        model.appendRow([_item(text) for text in row])
    return model


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return tr_n("{n} member", "{n} members", len(value))
    if isinstance(value, list):
        return tr_n("{n} entry", "{n} entries", len(value))
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _item(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setEditable(False)
    return item
