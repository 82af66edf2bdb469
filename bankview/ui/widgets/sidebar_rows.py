"""The rows of the sidebar: how a page, a bank, an account and the two other rows are painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bankview.domain.connection import State
from bankview.ui.colours import Colours, colours
from bankview.ui.icons import paint_icon, paint_monogram
from bankview.ui.measures import S1, S2, S3, S4, S5, Type, figures, font, measures
from bankview.ui.models.transactions import MASK
from bankview.ui.painting import SCROLL, ring
from bankview.words import amount_text, money_text, seen, time_text, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection
    from bankview.store.saved import Saved

KIND = Qt.ItemDataRole.UserRole
VALUE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
#: Rows with some room above them, because something else begins.
SECTIONS = frozenset({"bank", "hidden", "heading"})
#: Days before the end of a consent on which the sidebar says so.
SOON = 7
#: Pixels that a name keeps beside its amount.
LEAST = 116


class PageRow(NamedTuple):
    """A page that can be chosen: its name, what it is called, and its picture."""

    name: str
    text: str
    picture: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the sidebar shows: facts of the ledger, and how to show them."""

    connections: Sequence[Connection]
    accounts: Sequence[Account]
    now: datetime
    masked: bool = False
    #: Connections whose bank can be asked whether an amount is covered.
    funds: frozenset[str] = frozenset()
    #: Searches that have a name.
    saved: Sequence[Saved] = ()

    @property
    def main_currency(self) -> str:
        """The currency of most accounts; the others carry their code."""
        currencies = [account.currency for account in self.accounts]
        return max(set(currencies), key=currencies.count) if currencies else ""


class SidebarRows(QStyledItemDelegate):
    """Paints one row: what it is on the left, its balance or state on the right."""

    shown: Shown | None = None

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _: QStyleOptionViewItem, index: Index) -> QSize:
        heights = measures(self.parent())  # type: ignore[arg-type]
        kind = index.data(KIND)
        if kind == "account":
            return QSize(0, heights.control)
        return QSize(0, heights.dialog_control + (S3 if kind in SECTIONS else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # A row is name, then figure, in all languages: a minus stays before its digits.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        look = colours(option.palette)
        box = QRect(option.rect)
        kind = index.data(KIND)
        if kind in SECTIONS:
            box.setTop(box.top() + S3)
        if option.state & QStyle.StateFlag.State_Selected:
            self._selection(painter, box, look)
            look = look.chosen()
        by_keys = self._view.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        if option.state & QStyle.StateFlag.State_HasFocus and by_keys:
            ring(painter, box.adjusted(S2 + 2, 2, -2, -2), look)
        inner = box.adjusted(S4, 0, SCROLL - S4, 0)
        getattr(self, f"_{kind}")(painter, inner, index.data(VALUE), look)
        painter.restore()

    def _selection(self, painter: QPainter, box: QRect, look: Colours) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.selected_side)
        painter.drawRoundedRect(box.adjusted(S2, 0, 0, 0), 6, 6)
        painter.setBrush(look.accent)
        painter.drawRoundedRect(
            QRectF(box.left() + S2, box.top() + 6, 3, box.height() - 12), 1.5, 1.5
        )

    def _write(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        face: QFont,
        colour: QColor,
        *,
        right: bool = False,
    ) -> int:
        """Write a text elided into its box and return how wide it became."""
        painter.setFont(face)
        painter.setPen(colour)
        metrics = QFontMetrics(face)
        shown = metrics.elidedText(seen(text), Qt.TextElideMode.ElideRight, max(0, box.width()))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)
        return metrics.horizontalAdvance(shown)

    def _all(self, painter: QPainter, box: QRect, value: tuple[str, int], look: Colours) -> None:
        base = painter.font()
        count = font(base, Type.SMALL)
        used = self._write(painter, box, str(value[1]), count, look.second, right=True)
        painter.setFont(base)
        page = PageRow("", value[0], "stack")
        self._page(painter, box.adjusted(0, 0, -used - S2, 0), page, look)

    def _page(self, painter: QPainter, box: QRect, value: PageRow, look: Colours) -> None:
        place = QRectF(box.left(), box.center().y() - 7, 16, 16)
        paint_icon(painter, value.picture, look.second, place)
        name = font(painter.font(), Type.BUTTON)
        self._write(painter, box.adjusted(24, 0, 0, 0), value.text, name, look.text)

    def _heading(self, painter: QPainter, box: QRect, value: str, look: Colours) -> None:
        face = font(painter.font(), Type.SMALL_STRONG)
        self._write(painter, box, value, face, look.second)

    def _saved(self, painter: QPainter, box: QRect, value: Saved, look: Colours) -> None:
        self._page(painter, box, PageRow("", value.name, "search"), look)

    def _hidden(self, painter: QPainter, box: QRect, value: int, look: Colours) -> None:
        paint_icon(
            painter, "chevron-right", look.second, QRectF(box.left(), box.center().y() - 7, 16, 16)
        )
        base = painter.font()
        self._write(painter, box, str(value), font(base, Type.SMALL), look.second, right=True)
        self._write(painter, box.adjusted(28, 0, -S5, 0), tr("Hidden"), base, look.second)

    def _bank(self, painter: QPainter, box: QRect, value: Connection, look: Colours) -> None:
        base = painter.font()
        paint_monogram(
            painter,
            QRectF(box.left(), box.center().y() - 9, 20, 20),
            value.bank_id,
            value.name,
            base,
        )
        text, sign, colour = self._state(value, look)
        used = (
            self._write(painter, box, text, font(base, Type.SMALL), colour, right=True)
            if text
            else 0
        )
        if sign:
            place = QRectF(box.right() - used - 18, box.center().y() - 6, 14, 14)
            paint_icon(painter, sign, colour, place)
            used += 18
        self._write(
            painter,
            box.adjusted(28, 0, -used - S2, 0),
            value.name,
            font(base, Type.SMALL_STRONG),
            look.text,
        )

    def _state(self, connection: Connection, look: Colours) -> tuple[str, str, QColor]:
        now = self.shown.now if self.shown else None
        if connection.state is State.SIGN_IN:
            return tr("Sign in again"), "warning", look.attention
        if connection.state is State.DISCONNECTED:
            return tr("Disconnected"), "", look.second
        days = (connection.consent_ends - now).days if connection.consent_ends and now else SOON + 1
        if days < 0:
            return tr("Sign in again"), "warning", look.attention
        if days <= SOON:
            return tr_n("{n} day left", "{n} days left", days), "clock", look.soon
        last = connection.last_success
        return (time_text(last, now=now) if last and now else ""), "", look.second

    def spoken(self, index: Index) -> str:
        """Return all that a row shows in one line, for who hears it."""
        kind, value = index.data(KIND), index.data(VALUE)
        if kind == "bank":
            said = [value.name, self._state(value, colours(QPalette()))[0]]
        elif kind == "account":
            account, connection, _ = value
            behind = connection is None or connection.is_behind
            said = [account.label, self._balance(account)]
            said += [tr("new")] * bool(account.unread) + [tr("not up to date")] * behind
        else:
            said = [index.data()]
        return ", ".join(part for part in said if part)

    def _balance(self, account: Account) -> str:
        if account.balance is None:
            return ""
        return MASK if self.shown and self.shown.masked else money_text(account.balance)

    def _account(
        self,
        painter: QPainter,
        box: QRect,
        value: tuple[Account, Connection | None, bool],
        look: Colours,
    ) -> None:
        account, connection, _ = value
        base = painter.font()
        behind = connection is None or connection.is_behind
        colour = look.second if behind else look.text
        masked = self.shown is not None and self.shown.masked
        text = "" if account.balance is None else MASK if masked else amount_text(account.balance)
        face = figures(base, Type.STRONG if account.unread else Type.BODY)
        if box.width() - QFontMetrics(face).horizontalAdvance(text) < LEAST:
            face = figures(base, Type.SMALL)
        used = self._write(painter, box, text, face, colour, right=True)
        if self.shown and account.currency != self.shown.main_currency and text:
            used += S1 + self._write(
                painter,
                box.adjusted(0, 0, -used - S1, 0),
                account.currency,
                font(base, Type.TINY),
                look.second,
                right=True,
            )
        name = font(base, Type.STRONG if account.unread else Type.BODY)
        left = box.adjusted(28, 0, -used - S3, 0)
        width = self._write(painter, left, account.label, name, colour)
        if account.unread:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.accent)
            painter.drawEllipse(QRectF(left.left() + width + S2, box.center().y() - 2, 6, 6))
