"""A person's hands and eyes in front of the real window: they find things, wait for things, click and type."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
W = TypeVar("W", bound=QWidget)
#: Seconds after which something counts as never coming; reached only when it does not.
DEADLINE = 90


def until(look: Callable[[], T | None], what: str) -> T:
    """Let the app live until `look` finds something, and return that."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if found := look():
            return found
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        time.sleep(0.005)
    raise AssertionError(f"{what} did not come within {DEADLINE} s; on screen: {on_screen()}")


def on_screen() -> list[str]:
    """Return what the person could name now, for a failure's message."""
    return [
        f"{widget.objectName()}={getattr(widget, 'text', str)()!r}"
        for widget in QApplication.allWidgets()
        if widget.isVisible() and widget.objectName() and not widget.objectName().startswith("qt_")
    ]


def seen(name: str, kind: type[W]) -> W | None:
    """Return the visible widget of this name, where there is one."""
    for widget in QApplication.allWidgets():
        if widget.objectName() == name and widget.isVisible() and isinstance(widget, kind):
            return widget
    return None


def find(name: str, kind: type[W]) -> W:
    """Return the widget of this name as soon as it can be seen."""
    return until(lambda: seen(name, kind), name)


def click(name: str) -> None:
    """Click the middle of a widget as soon as it can be used."""

    def usable() -> QWidget | None:
        widget = seen(name, QWidget)
        return widget if widget and widget.isEnabled() else None

    press_at(until(usable, f"{name}, ready to be clicked"))


def press_at(widget: QWidget, place: QPoint | None = None) -> None:
    """Click into a widget, at `place` or in its middle."""
    QTest.mouseClick(
        widget,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        widget.rect().center() if place is None else place,
    )


def label(widget: QAbstractButton) -> str:
    """Return what a button reads, without the mark of its key."""
    return widget.text().replace("&", "")


def button(text: str) -> QAbstractButton:
    """Return the button that reads `text` as soon as it can be used."""

    def look() -> QAbstractButton | None:
        for widget in QApplication.allWidgets():
            usable = widget.isVisible() and widget.isEnabled()
            if usable and isinstance(widget, QAbstractButton) and label(widget) == text:
                return widget
        return None

    return until(look, f"the button {text}")


def type_into(name: str, text: str) -> None:
    """Click into a field, replace what it holds, and type."""
    field = find(name, QWidget)
    press_at(field)
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)
