"""The balance over time as a step line: it holds until it changes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from bankview.ui.charts.days import marks
from bankview.ui.charts.scale import Scale, grid, thinned
from bankview.ui.charts.steps import DASHED, DOTTED, SOLID, area, steps
from bankview.ui.charts.values import Line, line_numbers, said
from bankview.ui.colours import mixed
from bankview.ui.measures import S1, S2, S4, STROKE, measures
from bankview.ui.widgets.axis import Axis
from bankview.ui.widgets.chart import Chart, Said
from bankview.words import long_day_text, tr

if TYPE_CHECKING:
    from bankview.ui.charts.values import Numbers
    from bankview.ui.colours import Colours

_FILL = 0.07
_DOT = 2.5
#: Pixels from one day's words to the next.
_APART = 72


class BalanceChart(Chart):
    """A place is a day. Dashed where an account has no news, dotted where payments are expected."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name or tr("Balance over time"))
        self._line = Line("", date.min, ())
        self._grid: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_line(self, line: Line, *, masked: bool = False) -> None:
        """Show these balances."""
        self._line = line
        self._grid = grid(min(line.values), max(line.values)) if line.count else ()
        self.shown(masked=masked)

    def sizeHint(self) -> QSize:
        return QSize(measures(self).scaled(480), measures(self).scaled(216))

    def minimumSizeHint(self) -> QSize:
        return QSize(measures(self).scaled(240), measures(self).scaled(200))

    def count(self) -> int:
        return self._line.count

    def place_at(self, at: QPointF) -> int | None:
        plot = self._axis().plot(QRectF(self.rect()))
        if not self.count() or not plot.adjusted(-S2, -S2, S2, S4).contains(at):
            return None
        return self._across(plot).nearest(at.x())

    def said_of(self, place: int) -> list[Said]:
        line = self._line
        day = long_day_text(line.day(place))
        words = tr("{day}, expected", day=day) if line.is_ahead(place) else day
        return [(words, said(line.value(place), line.currency, masked=self.masked))]

    def asked_by(self, place: int) -> str:
        if self._line.is_ahead(place):
            return ""
        return f"{self._line.asks} date:{self._line.day(place).isoformat()}".strip()

    def summary(self) -> str:
        line, places = self._line, range(len(self._line.balances))
        if not places:
            return ""
        chosen = (
            (tr("First"), places[0]),
            (tr("Last"), places[-1]),
            (tr("Lowest"), min(places, key=line.value)),
            (tr("Highest"), max(places, key=line.value)),
        )
        parts = (
            f"{words} {said(line.value(n), line.currency, masked=self.masked)} {line.currency},"
            f" {long_day_text(line.day(n))}"
            for words, n in chosen
        )
        return ". ".join(parts) + "."

    def numbers(self) -> Numbers:
        return line_numbers(self._line)

    def draw(self, painter: QPainter, box: QRectF, look: Colours) -> None:
        axis = self._axis()
        plot = axis.plot(box)
        self._draw_area(painter, plot, look)
        axis.draw(painter, box, look)
        self._draw_days(painter, plot, look)
        self._draw_line(painter, plot, look)
        if self._line.balances:
            self._draw_dot(painter, plot, look, len(self._line.balances) - 1)

    def draw_mark(self, painter: QPainter, box: QRectF, look: Colours, place: int) -> None:
        plot = self._axis().plot(box)
        x = self._across(plot).at(place)
        self.draw_hairline(painter, look, x, plot)
        self._draw_dot(painter, plot, look, place)
        self.draw_words(painter, look, plot, x, self.said_of(place))

    def _draw_dot(self, painter: QPainter, plot: QRectF, look: Colours, place: int) -> None:
        at = QPointF(self._across(plot).at(place), self._up(plot).at(self._line.value(place)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.link)
        painter.drawEllipse(at, _DOT, _DOT)

    def _draw_days(self, painter: QPainter, plot: QRectF, look: Colours) -> None:
        metrics = QFontMetricsF(painter.font())
        most = int(plot.width() / measures(self).scaled(_APART))
        across = self._across(plot)
        first, last = self._line.day(0), self._line.day(self.count() - 1)
        for day, words in marks(first, last, most):
            x = across.at((day - first).days)
            painter.setPen(QPen(look.edge, 1))
            painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + S1))
            left = min(x, plot.right() - metrics.horizontalAdvance(words))
            painter.setPen(look.second)
            painter.drawText(QPointF(left, plot.bottom() + S2 + metrics.ascent()), words)

    def _axis(self) -> Axis:
        return Axis(self._grid, self._line.currency, self.font(), self.masked)

    def _across(self, plot: QRectF) -> Scale:
        return Scale(0, self.count() - 1, plot.left(), plot.right())

    def _up(self, plot: QRectF) -> Scale:
        return self._axis().up(plot)

    def _draw_area(self, painter: QPainter, plot: QRectF, look: Colours) -> None:
        """Draw the area, in a colour that hides nothing yet: one that shines through takes ten times as long."""
        points = self._points(plot, 0, len(self._line.balances))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(look.link, look.base, _FILL))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.drawRects([QRectF(*one) for one in area(points, plot.bottom())])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _draw_line(self, painter: QPainter, plot: QRectF, look: Colours) -> None:
        """Draw the line in its parts, as upright and level bars: a path takes ten times as long."""
        line, known = self._line, len(self._line.balances)
        fresh = known if line.news is None else (line.news - line.first).days + 1
        fresh = min(known, max(0, fresh))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.link)
        for begin, end, pattern in (
            (0, fresh, SOLID),
            (max(0, fresh - 1), known, DASHED),
            (max(0, known - 1), line.count, DOTTED),
        ):
            bars = steps(self._points(plot, begin, end), STROKE, pattern)
            painter.drawRects([QRectF(*one) for one in bars])

    def _points(self, plot: QRectF, begin: int, end: int) -> list[tuple[float, float]]:
        """Return where the balances of these places lie, not more of them than can be seen."""
        across, up = self._across(plot), self._axis().up(plot)
        values = self._line.values[begin:end]
        seen = thinned(values, max(1, int(plot.width() / 2)))
        return [(across.at(begin + n), up.at(values[n])) for n in seen]
