"""The rules in their order: moved by dragging, or by Alt with the arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
)

from bankview.ui.colours import colours
from bankview.ui.measures import S2, S3, Type, font, measures
from bankview.ui.painting import line
from bankview.ui.plain import hint
from bankview.ui.widgets.category_field import DOT, paint_dot
from bankview.words import given_text, rule_text, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.domain.rule import Rule
    from bankview.ui.widgets.rule_form import Offers

ID = Qt.ItemDataRole.UserRole
_GIVES, _CATEGORY = ID + 1, ID + 2
_ALT = Qt.KeyboardModifier.AltModifier


class RuleList(QListWidget):
    """`moved` carries the rules' ids in their new order, `removing` the rule that Delete was pressed on."""

    moved = Signal(tuple)
    removing = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rules")
        self.setAccessibleName(tr("Rules in their order"))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Rules(self))
        self.model().rowsMoved.connect(lambda *_: self.moved.emit(self.ids))

    @property
    def ids(self) -> tuple[int, ...]:
        """The rules' ids, from the top down; 0 for one that is not kept yet."""
        return tuple(self.item(n).data(ID) for n in range(self.count()))

    @property
    def chosen(self) -> int | None:
        """The id of the rule that is chosen."""
        item = self.currentItem()
        return int(item.data(ID)) if item else None

    def show_rules(self, rules: Sequence[Rule], offers: Offers, chosen: int | None) -> None:
        """Show rules and choose one of them, else the first; nothing is told of it."""
        self.blockSignals(True)
        self.clear()
        for rule in rules:
            account = offers.label(rule.account_id)
            words = rule_text(rule, account, offers.currency_of(rule.account_id))
            item = QListWidgetItem(words or tr("New rule"))
            item.setData(ID, rule.id)
            item.setData(_GIVES, given_text(rule))
            item.setData(_CATEGORY, rule.category)
            item.setToolTip(hint(words))
            said = tr("{rule} gives {what}", rule=item.text(), what=given_text(rule))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said if given_text(rule) else words)
            self.addItem(item)
        if rules:
            self.setCurrentRow(self.ids.index(chosen) if chosen in self.ids else 0)
        self.blockSignals(False)

    def move_chosen(self, by: int) -> None:
        """Move the chosen rule up or down."""
        here = self.currentRow()
        there = here + by
        if here >= 0 and 0 <= there < self.count():
            self.blockSignals(True)
            self.insertItem(there, self.takeItem(here))
            self.setCurrentRow(there)
            self.blockSignals(False)
            self.moved.emit(self.ids)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by Alt with the arrows, and remove by Delete."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & _ALT and event.key() in steps:
            self.move_chosen(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Delete and self.chosen is not None:
            self.removing.emit(self.chosen)
        else:
            super().keyPressEvent(event)


class _Rules(QStyledItemDelegate):
    """A rule on two lines: its conditions, and what it gives."""

    def sizeHint(self, option: Any, index: Any) -> QSize:  # noqa: ARG002 - all are alike
        """Return a rule's height."""
        return QSize(100, measures(QApplication.font()).tile)

    def paint(self, painter: QPainter, option: Any, index: Any) -> None:
        """Draw one rule."""
        found, place = colours(option.palette), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = line(option, painter)
        high = measures(QApplication.font()).u + 2
        middle, left = place.center().y(), place.left() + S3
        above = QRectF(left, middle - high, place.width() - 2 * S3, high)
        painter.setPen(found.on_selected if selected else found.text)
        _words(painter, above, str(index.data()), Type.BUTTON)
        category = str(index.data(_CATEGORY) or "")
        if category:
            paint_dot(painter, category, left, middle + (high - DOT) / 2)
        step = DOT + S2 if category else 0
        painter.setPen(found.on_selected if selected else found.second)
        below = QRectF(left + step, middle, above.width() - step, high)
        _words(painter, below, str(index.data(_GIVES) or ""), Type.SMALL)
        painter.restore()


def _words(painter: QPainter, place: QRectF, text: str, kind: Type) -> None:
    own = font(QApplication.font(), kind)
    painter.setFont(own)
    fitted = QFontMetrics(own).elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, fitted)
