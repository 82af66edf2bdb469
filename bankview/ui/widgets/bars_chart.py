"""Groups of upright bars: months with what came in and went out, or categories in two months."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from bankview.ui.charts.scale import grid
from bankview.ui.charts.values import Bars, bars_numbers, said, signed
from bankview.ui.colours import mixed
from bankview.ui.measures import RADIUS_MARK, S1, S2, S3, S4, measures
from bankview.ui.widgets.axis import Axis
from bankview.ui.widgets.chart import Chart, Said
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.ui.charts.values import Numbers
    from bankview.ui.colours import Colours

#: Pixels of a bar, and between two of a group.
_BAR, _GAP = 8.0, 2.0
#: Of the room of a group, what its bars may take.
_SHARE = 0.8


class BarsChart(Chart):
    """A place is a bar: those of the first group, then those of the next."""

    def __init__(self, name: str, what: str = "") -> None:
        """`what` says what a group is, at the head of the table: a month by default."""
        super().__init__(name)
        self._what = what or tr("Month")
        self._bars = Bars("", (), ())
        self._grid: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_bars(self, bars: Bars, *, masked: bool = False) -> None:
        """Show these groups."""
        self._bars = bars
        sizes = [0, *(size for group in bars.groups for size in group.sizes)]
        self._grid = grid(min(sizes), max(sizes)) if any(sizes) else ()
        self.shown(masked=masked)

    def sizeHint(self) -> QSize:
        return QSize(measures(self).scaled(420), measures(self).scaled(216))

    def minimumSizeHint(self) -> QSize:
        return QSize(measures(self).scaled(240), measures(self).scaled(200))

    def count(self) -> int:
        return len(self._bars.groups) * len(self._bars.kinds) if self._grid else 0

    def _split(self, place: int) -> tuple[int, int]:
        """Return the group and the bar of a place."""
        return divmod(place, len(self._bars.kinds))

    def place_at(self, at: QPointF) -> int | None:
        plot = self._axis().plot(QRectF(self.rect()))
        if not self.count() or not plot.adjusted(0, -S2, 0, S4).contains(at):
            return None
        width = plot.width() / len(self._bars.groups)
        group = min(len(self._bars.groups) - 1, int((at.x() - plot.left()) / width))
        places, count = self._places(plot), len(self._bars.kinds)
        mine = range(group * count, (group + 1) * count)
        return min(mine, key=lambda place: abs(places[place].center().x() - at.x()))

    def said_of(self, place: int) -> list[Said]:
        group, chosen = self._split(place)
        bars, shown = self._bars, self._bars.groups[group]
        lines = [
            (kind.name, self._amount(shown.sizes[n], out=kind.out))
            for n, kind in enumerate(bars.kinds)
        ]
        # The bar itself is said first, so that a listener need not wait.
        return [(shown.said, ""), lines[chosen], *lines[:chosen], *lines[chosen + 1 :]]

    def _amount(self, size: int, *, out: bool) -> str:
        minor = signed(size, out)
        return said(minor, self._bars.currency, masked=self.masked, sign=True)

    def asked_by(self, place: int) -> str:
        group, kind = self._split(place)
        asks = self._bars.groups[group].asks
        return asks[kind] if asks else ""

    def summary(self) -> str:
        bars, parts = self._bars, []
        for n, kind in enumerate(bars.kinds):
            sizes = [group.sizes[n] for group in bars.groups]
            low, high = sizes.index(min(sizes)), sizes.index(max(sizes))
            chosen = (
                (tr("first"), 0),
                (tr("last"), len(sizes) - 1),
                (tr("lowest"), low),
                (tr("highest"), high),
            )
            words = (
                f"{name} {self._amount(sizes[place], out=kind.out)} {bars.currency},"
                f" {bars.groups[place].said}"
                for name, place in chosen
            )
            parts.append(f"{kind.name}: {'; '.join(words)}.")
        return " ".join(parts)

    def numbers(self) -> Numbers:
        return bars_numbers(self._bars, self._what)

    def draw(self, painter: QPainter, box: QRectF, look: Colours) -> None:
        axis, bars = self._axis(), self._bars
        axis.draw(painter, box, look)
        plot = axis.plot(box)
        up = axis.up(plot)
        self._draw_names(painter, plot, look)
        painter.setPen(Qt.PenStyle.NoPen)
        places = self._places(plot)
        for n, kind in enumerate(bars.kinds):
            painter.setBrush(bar_colour(kind.role, look))
            drawn = [
                place
                for place, group in zip(places[n :: len(bars.kinds)], bars.groups, strict=True)
                if group.sizes[n]
            ]
            if places[0].width() < _BAR:
                painter.drawRects(drawn)
                continue
            for place in drawn:
                painter.drawRoundedRect(place, RADIUS_MARK, RADIUS_MARK)
        zero = round(up.at(0)) + 0.5
        painter.setPen(QPen(look.edge, 1))
        painter.drawLine(QPointF(box.left(), zero), QPointF(plot.right(), zero))

    def draw_mark(self, painter: QPainter, box: QRectF, look: Colours, place: int) -> None:
        plot = self._axis().plot(box)
        bar = self._places(plot)[place]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.text, 1))
        painter.drawRoundedRect(
            bar.adjusted(-1.5, -1.5, 1.5, 1.5), RADIUS_MARK + 1, RADIUS_MARK + 1
        )
        x = bar.center().x()
        tip = QRectF(plot.left(), plot.top(), plot.width(), bar.top() - plot.top() - S1)
        self.draw_hairline(painter, look, x, tip)
        self.draw_words(painter, look, plot, x, self.said_of(place))

    def _draw_names(self, painter: QPainter, plot: QRectF, look: Colours) -> None:
        """Draw the names of as many groups as have room; the first of those that share it."""
        metrics, groups = QFontMetricsF(painter.font()), self._bars.groups
        named = [number for number, group in enumerate(groups) if group.name]
        apart = named[1] - named[0] if len(named) > 1 else 1
        width = plot.width() / len(groups)
        needed = max((metrics.horizontalAdvance(one.name) for one in groups), default=0.0) + S3
        every = 1 if len(groups) <= 8 else max(1, -int(-needed // (width * apart)))
        room = max(width * apart * every - S1, 1.0)
        painter.setPen(look.second)
        for number in named[::every]:
            words = metrics.elidedText(groups[number].name, Qt.TextElideMode.ElideRight, room)
            taken = metrics.horizontalAdvance(words)
            left = plot.left() + (number + 0.5) * width - taken / 2
            left = max(plot.left() - S1, min(left, plot.right() - taken))
            painter.drawText(QPointF(left, plot.bottom() + S2 + metrics.ascent()), words)

    def _places(self, plot: QRectF) -> list[QRectF]:
        """Return where the bars lie."""
        count, groups = len(self._bars.kinds), self._bars.groups
        room, up = plot.width() / len(groups), self._axis().up(plot)
        width = min(_BAR, room * _SHARE / count)
        gap = _GAP if width == _BAR else 0.0
        before = (room - count * width - (count - 1) * gap) / 2
        zero, found = up.at(0), []
        for number, group in enumerate(groups):
            left = plot.left() + number * room + before
            for kind, size in enumerate(group.sizes):
                top, bottom = sorted((zero, up.at(size)))
                place = QRectF(left + kind * (width + gap), top, width, max(1.0, bottom - top))
                found.append(place)
        return found

    def _axis(self) -> Axis:
        return Axis(self._grid, self._bars.currency, self.font(), self.masked)


def bar_colour(role: str, look: Colours) -> QColor:
    """Return a bar's colour: a role of the window's; `bar` is the accent, and `quiet` what it is held against."""
    if role == "quiet":
        # In the dark the category that stands for all others outshines what is looked at.
        return mixed(look.second, look.base, 0.7) if look.dark else QColor(look.categories[-1])
    if role != "bar":
        return QColor(getattr(look, role))
    # A wide area of the full accent would outshine the amounts.
    soft = QColor(look.accent)
    soft.setAlphaF(1.0 if look.contrast else 0.82)
    return soft
