"""The first band of the overview: what there is in each currency, and what came and went within the last days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from bankview.ui.charts.values import said
from bankview.ui.colours import colours
from bankview.ui.measures import S1, S2, S3, S4, Type, measures
from bankview.ui.overview.reading import DAYS
from bankview.ui.widgets.text import Text
from bankview.words import long_day_text, tr, tr_n

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from bankview.store.flows import Flow
    from bankview.ui.overview.holdings import Holding

#: Pixels: how thick a bar of the flow is.
_BAR = 6


class Balance(QWidget):
    """One currency: its sum as a hero, and what it is made of."""

    def __init__(self, holding: Holding, *, masked: bool) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S1)
        currency = holding.currency
        column.addWidget(Text(tr("Balance, {currency}", currency=currency), Type.SMALL, "second"))
        hero = Text(said(holding.balance, currency, masked=masked), Type.HERO_OVERVIEW)
        hero.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        code = Text(currency, Type.SMALL, "second")
        row = QHBoxLayout()
        row.setSpacing(S2)
        row.addWidget(hero, 0, Qt.AlignmentFlag.AlignBaseline)
        row.addWidget(code, 0, Qt.AlignmentFlag.AlignBaseline)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(
            Text(self._made_of(holding, masked=masked), Type.SMALL, "second", wrap=True)
        )
        column.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    @staticmethod
    def _made_of(holding: Holding, *, masked: bool) -> str:
        words = [tr_n("1 account", "{n} accounts", holding.accounts)]
        if holding.hidden:
            words.append(tr_n("{n} of them hidden", "{n} of them hidden", holding.hidden))
        if holding.unknown:
            words.append(tr("{n} without a balance", n=holding.unknown))
        if holding.available is not None and holding.available != holding.balance:
            free = said(holding.available, holding.currency, masked=masked)
            words.append(tr("{amount} available", amount=free))
        words += [
            tr("{bank} as of {day}", bank=one.name, day=long_day_text(one.day))
            for one in holding.behind
        ]
        return ", ".join(words)


class FlowBars(QWidget):
    """In and out as two bars of one scale, and what was kept."""

    def __init__(self) -> None:
        super().__init__()
        self._days = Text("", Type.SMALL, "second")
        self._kept_word = Text(tr("Kept"), Type.SMALL, "second")
        self._kept = Text("", Type.STRONG)
        head = QHBoxLayout()
        head.setSpacing(S2)
        head.addWidget(self._days)
        head.addStretch()
        head.addWidget(self._kept_word)
        head.addWidget(self._kept)
        self._lines = [
            (Text(words, Type.SMALL), _Bar(role), Text("", Type.STRONG)) for words, role in _flows()
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(S4)
        grid.setVerticalSpacing(S2)
        grid.setColumnStretch(1, 1)
        for place, (words, bar, amount) in enumerate(self._lines):
            amount.setAlignment(Qt.AlignmentFlag.AlignRight)
            for column, widget in enumerate((words, bar, amount)):
                grid.addWidget(widget, place, column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S3)
        layout.addLayout(head)
        layout.addLayout(grid)
        layout.addStretch()

    def show_flow(self, flow: Flow, currency: str, *, masked: bool) -> None:
        """Show what came in and went out."""
        self._days.setText(tr("Last {days} days, {currency}", days=DAYS, currency=currency))
        kept = said(flow.into + flow.out, currency, masked=masked, sign=True)
        self._kept.setText(kept)
        self._kept.set_role("credit" if flow.into + flow.out > 0 else "text")
        most = max(flow.into, -flow.out, 1)
        for (words, bar, label), minor in zip(self._lines, (flow.into, flow.out), strict=True):
            bar.show_share(abs(minor) / most)
            label.setText(said(minor, currency, masked=masked, sign=True))
            label.set_role("credit" if minor > 0 else "text")
            label.setAccessibleName(f"{words.text()} {label.text()}")


def _flows() -> tuple[tuple[str, str], ...]:
    return (tr("In"), "credit"), (tr("Out"), "second")


class _Bar(QWidget):
    def __init__(self, role: str) -> None:
        super().__init__()
        self._role, self._share = role, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(80, measures(self).u)

    def show_share(self, share: float) -> None:
        self._share = share
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(getattr(colours(self.palette()), self._role))
        wide = self.width() * self._share
        box = QRectF(0, (self.height() - _BAR) / 2, wide, _BAR)
        painter.drawRoundedRect(box, _BAR / 2, _BAR / 2)
        painter.end()
