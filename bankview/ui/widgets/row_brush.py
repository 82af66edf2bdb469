"""How a row of the transaction table is painted."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from bankview.store.index import fold
from bankview.ui.colours import Colours, category_colour, mixed
from bankview.ui.icons import paint_icon
from bankview.ui.measures import S1, S2, S4, Type, figures
from bankview.ui.models.transactions import FIGURES, Column, TransactionsModel
from bankview.words import category_text, seen

if TYPE_CHECKING:
    from bankview.store.view import Row

#: Pixels of a chip beside its words: its ends, its dot and the gap between.
DOT = 8
CHIP = 2 * S2 + DOT + S1 + 2
#: A note's or checkmark's side.
SIGN = 14
#: A memo with less room than this is not begun.
LEAST_MEMO = 60
#: Widths and chips that are kept; a screen has a hundred.
KEPT = 4096


class Face:
    """A font with its metrics, and the widths that were asked for lately."""

    def __init__(self, font: QFont) -> None:
        self.font, self.metrics = font, QFontMetrics(font)
        self.height, self.ascent = self.metrics.height(), self.metrics.ascent()
        self._widths: dict[str, int] = {}

    def width(self, text: str) -> int:
        """Return how wide a text is in this font."""
        if text not in self._widths:
            if len(self._widths) > KEPT:
                self._widths.clear()
            self._widths[text] = self.metrics.horizontalAdvance(text)
        return self._widths[text]

    def fitted(self, text: str, room: int) -> str:
        """Return a text, elided where it is wider than its room."""
        if self.width(text) <= room:
            return text
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


class Faces:
    """The fonts of a table's rows, made once for a base font, and the chips painted with them."""

    def __init__(self, base: QFont) -> None:
        self.base = base
        self.small, self.body = Face(figures(base, Type.SMALL)), Face(figures(base))
        self.strong = Face(figures(base, Type.STRONG))
        self._chips: dict[str, QPixmap] = {}
        self._made_for: tuple[Colours, float] | None = None

    def chip(self, words: str, category: str, look: Colours, scale: float) -> QPixmap:
        """Return the picture of a category: a dot in its colour and its name, on a rounded ground."""
        made_for = self._made_for
        if made_for is None or made_for[0] is not look or made_for[1] != scale:
            self._made_for = (look, scale)
            self._chips.clear()
        if words not in self._chips:
            if len(self._chips) > KEPT:
                self._chips.clear()
            self._chips[words] = self._painted_chip(words, category, look, scale)
        return self._chips[words]

    def _painted_chip(self, words: str, category: str, look: Colours, scale: float) -> QPixmap:
        size = QRectF(0, 0, self.small.width(words) + CHIP, self.small.height + S1)
        picture = QPixmap((size.size() * scale).toSize())
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.text, 1) if look.contrast else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if look.contrast else look.chip)
        edge = 0.5 if look.contrast else 0
        painter.drawRoundedRect(
            size.adjusted(edge, edge, -edge, -edge), size.height() / 2, size.height() / 2
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(category_colour(category, look))
        painter.drawEllipse(S2, (int(size.height()) - DOT) // 2 + 1, DOT, DOT)
        painter.setFont(self.small.font)
        painter.setPen(look.text)
        painter.drawText(S2 + DOT + S1, S1 // 2 + self.small.ascent, words)
        painter.end()
        return picture


class Sheet(Protocol):
    """What a brush asks of the table that it paints on."""

    rows: TransactionsModel
    words: tuple[str, ...]

    @property
    def faces(self) -> Faces: ...
    @property
    def shows_memo(self) -> bool: ...
    def cell(self, column: Column) -> tuple[int, int]: ...
    def isColumnHidden(self, column: int) -> bool: ...
    def devicePixelRatioF(self) -> float: ...


class Brush:
    """Paints the rows of one frame; fonts, columns and colours are looked up once for all of them."""

    def __init__(self, painter: QPainter, table: Sheet, look: Colours) -> None:
        self._painter, self._table, self.look, self._chosen = painter, table, look, look.chosen()
        # Columns mirror, what stands in them does not: a minus stays before its digits.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._faces, self._rows, self._words = table.faces, table.rows, table.words
        self._cells = {
            column: table.cell(column) for column in Column if not table.isColumnHidden(column)
        }
        self._memo, self._scale = table.shows_memo, table.devicePixelRatioF()
        self._texts: dict[tuple[Face, int], list[tuple[int, int, str]]] = defaultdict(list)

    def row(self, top: int, high: int, row: Row, *, dated: bool, chosen: bool) -> None:
        """Paint one row but for its texts, which `write` writes; the day stands where `dated`."""
        look, faces = self._chosen if chosen else self.look, self._faces
        second = look.second
        for column, (left, wide) in self._cells.items():
            cell = QRect(left, top, wide, high)
            if column == Column.PAYEE:
                self._payee(cell, row, look, chosen=chosen)
            elif column == Column.CATEGORY:
                self._chip(cell, row.filed, look)
            elif column == Column.DATE:
                if dated:
                    self._day(cell, row, second)
            elif column == Column.AMOUNT:
                colour = second if row.pending else look.credit if row.amount > 0 else look.debit
                face = faces.body if row.pending else faces.strong
                self._figure(cell, self._rows.text(row, column), face, colour)
            elif column in FIGURES:
                self._figure(cell, self._rows.text(row, column), faces.body, second)
            else:
                words = faces.small.fitted(self._rows.text(row, column), wide)
                self._write(left, cell, words, faces.small, second)

    def write(self) -> None:
        """Write the texts of all rows; a font and a colour are taken up once for all that is written in them."""
        painter = self._painter
        for (face, ink), texts in self._texts.items():
            painter.setFont(face.font)
            painter.setPen(QColor.fromRgba(ink))
            for left, base, text in texts:
                # A place for the first letter costs a third of a box in which Qt lays the text out.
                painter.drawText(left, base, text)
        self._texts.clear()

    def _write(self, left: int, cell: QRect, text: str, face: Face, ink: QColor) -> None:
        top = cell.top() + (cell.height() - face.height) // 2
        self._texts[face, ink.rgba()].append((left, top + face.ascent, text))

    def _figure(self, cell: QRect, text: str, face: Face, ink: QColor) -> None:
        if text:
            self._write(cell.right() + 1 - face.width(text), cell, text, face, ink)

    def _day(self, cell: QRect, row: Row, ink: QColor) -> None:
        left = cell.left()
        if row.pending:
            place = QRectF(left, cell.center().y() - 6, 14, 14)
            paint_icon(self._painter, "clock", ink, place)
            left += 14 + S1
        self._write(left, cell, self._rows.text(row, Column.DATE), self._faces.small, ink)

    def _chip(self, cell: QRect, category: str, look: Colours) -> None:
        if category:
            small = self._faces.small
            words = small.fitted(category_text(category), cell.width() + S4 - CHIP)
            chip = self._faces.chip(words, category, look, self._scale)
            top = cell.center().y() - (small.height + S1) // 2 + 1
            self._painter.drawPixmap(cell.left(), top, chip)

    def _signs(self, cell: QRect, row: Row, look: Colours) -> None:
        """Paint the marks of a note and a checkmark at the cell's end, and take their room from it."""
        for picture in [name for on, name in ((row.noted, "note"), (row.checked, "check")) if on]:
            left, top = cell.right() - SIGN + 1, cell.center().y() - SIGN // 2
            paint_icon(self._painter, picture, look.second, QRectF(left, top, SIGN, SIGN))
            cell.setRight(cell.right() - SIGN - S1)

    def _payee(self, cell: QRect, row: Row, look: Colours, *, chosen: bool) -> None:
        self._signs(cell, row, look)
        if row.new:
            self._dot(cell, look)
        body, small = self._faces.body, self._faces.small
        name = body.fitted(seen(row.name), cell.width())
        if self._words:
            self._marks(cell, name, chosen=chosen)
        self._write(cell.left(), cell, name, body, look.second if row.pending else look.text)
        used = body.width(name) + S2
        if (
            self._memo
            and row.text not in {row.name, row.payee}
            and cell.width() - used > LEAST_MEMO
        ):
            memo = small.fitted(seen(row.text), cell.width() - used)
            self._write(cell.left() + used, cell, memo, small, look.second)

    def _dot(self, cell: QRect, look: Colours) -> None:
        """Paint that a row is new, in the gap before its payee."""
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.link)
        painter.drawEllipse(QRectF(cell.left() - S2 - 3, cell.center().y() - 2, 6, 6))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _marks(self, cell: QRect, name: str, *, chosen: bool) -> None:
        """Lay a mark behind what was searched for, where it is known which letters that is."""
        folded, body, painter, look = fold(name), self._faces.body, self._painter, self.look
        letters = range(len(name)) if len(folded) == len(name) else _letters(name)
        if len(folded) != len(letters):
            return
        top = cell.center().y() - body.height // 2 - 1
        for word in self._words:
            at = folded.find(word)
            if at < 0:
                continue
            first, last = letters[at], letters[at + len(word) - 1]
            left = cell.left() + body.width(name[:first]) - 1
            wide = body.width(name[first : last + 1]) + 2
            if look.contrast:
                painter.setPen(QPen(look.on_selected if chosen else look.text, 2))
                low = top + body.height + 1
                painter.drawLine(left, low, left + wide, low)
                continue
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(look.accent, look.selected_row, 0.2) if chosen else look.match)
            painter.drawRoundedRect(QRect(left, top, wide, body.height + 2), 2, 2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _letters(name: str) -> list[int]:
    """Return for each letter of a folded name the place of the one that it came of: "Æ" becomes two."""
    lengths = (len(fold(letter)) or letter.isspace() for letter in name)
    return [place for place, length in enumerate(lengths) for _ in range(length)]
