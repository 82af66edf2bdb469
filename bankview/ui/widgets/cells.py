"""Cells of plain tables: their words stand under the words of a flat header, and the selection fills the row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from bankview.ui.colours import colours
from bankview.ui.measures import S4
from bankview.ui.painting import ring

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

#: Pixels that Qt itself leaves beside the words of a cell.
_OWN = 3
_State = QStyle.StateFlag


class Cells(QStyledItemDelegate):
    """Draws a cell with the header's gap at either side."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """Draw one cell."""
        inner: Any = QStyleOptionViewItem(option)
        if inner.state & _State.State_Selected:
            painter.fillRect(inner.rect, colours(inner.palette).selected_row)
        inner.rect = inner.rect.adjusted(S4 - _OWN, 0, _OWN - S4, 0)
        inner.state &= ~(_State.State_Selected | _State.State_HasFocus)
        super().paint(painter, inner, index)
        if option.state & _State.State_HasFocus:
            ring(painter, option.rect, colours(option.palette))

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """Return the size with both gaps."""
        made = super().sizeHint(option, index)
        return QSize(made.width() + 2 * (S4 - _OWN), made.height())
