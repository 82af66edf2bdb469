"""Everything by its name: accounts, pages and commands, narrowed while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QVBoxLayout,
)

from bankview.store.index import fold
from bankview.ui.colours import colours
from bankview.ui.icons import paint_icon
from bankview.ui.measures import RADIUS, S2, S3, S4, Type, font, measures
from bankview.ui.widgets.box import Box
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

Index = QModelIndex | QPersistentModelIndex
_ENTRY = Qt.ItemDataRole.UserRole
#: Keys that move in the list while one types in the field.
_MOVES = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class Entry(NamedTuple):
    """What can be chosen. `hint` stands at the right, such as an account's number or a command's keys."""

    text: str
    hint: str
    picture: str
    run: Callable[[], object]


def ranked(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """Return the entries that have all typed words in their text or hint; who begins with what is typed comes first."""
    asked = fold(typed)
    found: list[tuple[int, int, Entry]] = []
    for place, entry in enumerate(entries):
        text = fold(f"{entry.text} {entry.hint}")
        if all(word in text for word in asked.split()):
            far = 0 if text.startswith(asked) else 1 if f" {asked}" in text else 2
            found.append((far, place, entry))
    return [entry for *_, entry in sorted(found, key=lambda one: one[:2])]


class _Entries(QAbstractListModel):
    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._all = entries
        self.shown = list(entries)

    def narrow(self, typed: str) -> None:
        self.beginResetModel()
        self.shown = ranked(self._all, typed)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.shown[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.text} {entry.hint}".strip()
        if role == _ENTRY:
            return entry
        return entry.text if role == Qt.ItemDataRole.DisplayRole else None


class _Brush(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:
        return QSize(100, measures(option.font).dialog_control)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, entry = colours(option.palette), index.data(_ENTRY)
        place = QRectF(option.rect).adjusted(S2, 0, -S2, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.selected_row)
            painter.drawRoundedRect(place, RADIUS, RADIUS)
            look = look.chosen()
        if entry.picture:
            at = QRectF(place.left() + S3, place.center().y() - 8, 16, 16)
            paint_icon(painter, entry.picture, look.second, at)
        words = place.adjusted(S3 + 16 + S3, 0, -S3, 0)
        painter.setFont(font(option.font, Type.SMALL))
        painter.setPen(look.second)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, entry.hint)
        hint = painter.fontMetrics().horizontalAdvance(entry.hint)
        painter.setFont(option.font)
        painter.setPen(look.text)
        room = int(words.width()) - hint - S4
        text = painter.fontMetrics().elidedText(entry.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()


class Palette(QDialog):
    """A field over a list; Return, or a click, does what is chosen."""

    def __init__(self, entries: Sequence[Entry], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setWindowTitle(tr("Go to"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.entries = _Entries(entries)
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("An account, a page or a command"))
        self.field.setAccessibleName(tr("Go to"))
        self.field.setMinimumHeight(measures(self).dialog_control)
        self.field.textChanged.connect(self._narrow)
        self.field.returnPressed.connect(self._run)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setAccessibleName(tr("What can be chosen"))
        self.list.setModel(self.entries)
        self.list.setItemDelegate(_Brush(self.list))
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda _: self._run())
        column = QVBoxLayout(self)
        column.setContentsMargins(S4, S4, S4, S4)
        column.setSpacing(S3)
        column.addWidget(self.field)
        column.addWidget(Box(self.list))
        scaled = measures(self).scaled
        self.resize(scaled(480), scaled(400))
        self._narrow("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list with the keys that a field of one line has no use for."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and Qt.Key(event.key()) in _MOVES:  # type: ignore[attr-defined]
            QApplication.sendEvent(self.list, event)
            return True
        return super().eventFilter(watched, event)

    def _narrow(self, typed: str) -> None:
        self.entries.narrow(typed)
        self.list.setCurrentIndex(self.entries.index(0, 0))

    def _run(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            run = self.entries.shown[index.row()].run
            self.accept()
            run()
