"""A line of the export dialog's list: a kind of file, and which one was used last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate

from bankview.ui.colours import colours
from bankview.ui.measures import S3, Type, font, measures
from bankview.ui.painting import line
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.export.presets import Preset

#: The preset's name, and whether it was used last.
NAME = Qt.ItemDataRole.UserRole
LAST = Qt.ItemDataRole.UserRole + 1


class PresetDelegate(QStyledItemDelegate):
    """Draws a kind of file, and which one was used last."""

    def sizeHint(self, option: Any, index: Any) -> QSize:  # noqa: ARG002 - all are alike
        """Return a row's height."""
        return QSize(100, measures(option.font).preset)

    def paint(self, painter: QPainter, option: Any, index: Any) -> None:
        """Draw one line."""
        found, place = colours(option.palette), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = line(option, painter)
        words = place.adjusted(S3, 0, -S3, 0)
        painter.setPen(found.on_selected if selected else found.text)
        painter.setFont(font(option.font, Type.BUTTON if selected else Type.BODY))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, index.data())
        if index.data(LAST) and not selected:
            painter.setPen(found.second)
            painter.setFont(font(option.font, Type.SMALL))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(words, right, tr("last used"))
        painter.restore()


def preset_title(preset: Preset) -> str:
    """Return a kind of file as the list names it: 'Spreadsheet (CSV)'."""
    return tr("{title} ({kind})", title=tr(preset.title), kind=preset.extension.upper())
