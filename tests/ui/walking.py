"""Walks through a window by keys as a person does, and says what is wrong on the way."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

#: Presses of Tab after which a round counts as endless.
MANY = 200
#: Pixels around a widget in which its focus may show.
AROUND = 4


def focused() -> QWidget:
    """Return what has the focus."""
    found = QApplication.focusWidget()
    assert found
    return found


def press(window: QWidget, key: Qt.Key, *held: Qt.KeyboardModifier) -> None:
    """Press a key as the system brings it: to the window."""
    handle = window.windowHandle()
    assert handle
    modifiers = Qt.KeyboardModifier.NoModifier
    for one in held:
        modifiers |= one
    QTest.keyClick(handle, key, modifiers)


def once_round(window: QWidget, *, back: bool = False) -> list[QWidget]:
    """Press Tab, or Shift and Tab, until the focus is back where it was, and return where it came."""
    found = [focused()]
    for _ in range(MANY):
        if back:
            press(window, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        else:
            press(window, Qt.Key.Key_Tab)
        if focused() is found[0]:
            return found
        assert focused() not in found, f"a trap at {named(focused())}"
        found.append(focused())
    raise AssertionError(f"Tab leads nowhere: {[named(one) for one in found[-3:]]}")


def takes_tab(widget: QWidget) -> bool:
    """Return whether Tab has to come to a widget; one that is there only to scroll counts where it has to."""
    by_tab = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
    own = widget.focusProxy() is None and widget.isEnabled()
    return by_tab and own and widget.isVisible() and not widget.isWindow()


def usable(window: QWidget) -> list[QWidget]:
    """Return everything in a window that Tab has to come to."""
    return [
        one for one in window.findChildren(QWidget) if takes_tab(one) and one.window() is window
    ]


def named(widget: QWidget) -> str:
    """Return what says which widget is meant."""
    return f"{type(widget).__name__} {widget.objectName() or widget.accessibleName()}".strip()


def place(widget: QWidget) -> QRect:
    """Return where a widget stands in its window."""
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def from_the_top(order: Sequence[QWidget]) -> list[QWidget]:
    """Return a round so that it begins with what one reads first."""
    mirrored = order[0].layoutDirection() is Qt.LayoutDirection.RightToLeft
    before = [
        sum(_is_before(place(other), place(one), mirrored=mirrored) for other in order)
        for one in order
    ]
    first = before.index(min(before))
    return [*order[first:], *order[:first]]


def steps_back(order: Sequence[QWidget]) -> list[tuple[str, str]]:
    """Return the pairs of neighbours in which the second stands before the first, as one reads.

    One reads rows from the top down, each from where the language begins; columns beside each other may be read one
    after the other.
    """
    return [
        (named(one), named(other))
        for one, other in pairwise(order)
        if _is_before(
            place(other),
            place(one),
            mirrored=one.layoutDirection() is Qt.LayoutDirection.RightToLeft,
        )
    ]


def _is_before(one: QRect, other: QRect, *, mirrored: bool) -> bool:
    if mirrored:
        one, other = (QRect(-r.right(), r.top(), r.width(), r.height()) for r in (one, other))
    shared = min(one.bottom(), other.bottom()) - max(one.top(), other.top())
    in_a_row = shared > min(one.height(), other.height()) / 2
    above = one.bottom() <= other.top() or (not in_a_row and one.top() < other.top())
    left = one.left() < other.left()
    column = one.left() < other.right() and other.left() < one.right()
    return (in_a_row and left) or (above and (column or left))


def picture(widget: QWidget) -> QImage:
    """Return how a widget and what is right around it look now."""
    around = place(widget).adjusted(-AROUND, -AROUND, AROUND, AROUND)
    return widget.window().grab(around).toImage()


def plain(window: QWidget) -> list[str]:
    """Return what looks with the focus as it does without."""
    found: list[str] = []
    order = once_round(window)
    # What alone takes the focus always has it.
    for _ in order if len(order) > 1 else ():
        widget = focused()
        with_focus = picture(widget)
        press(window, Qt.Key.Key_Tab)
        # A scroll area takes keys only to scroll.
        if picture(widget) == with_focus and type(widget) is not QScrollArea:
            found.append(named(widget))
    return found
