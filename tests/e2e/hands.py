"""A person in front of the real window: they look, wait, click and type, while the app runs as it always does.

What a person does is a generator of looks. Between two looks the app's own event loop runs, whatever dialog is open, and
each click and key comes through that loop, so that nothing ever waits inside the app.
"""

from __future__ import annotations

import sys
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from bankview.ui import start

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

T = TypeVar("T")
W = TypeVar("W", bound=QWidget)
#: Seconds after which something counts as never coming; reached only when it does not.
DEADLINE = 90
#: Milliseconds between two looks.
BLINK = 10


@dataclass(frozen=True)
class Look:
    """Something that a person waits to see."""

    what: str
    see: Callable[[], Any]


if TYPE_CHECKING:
    Doing = Generator[Look, Any, T]


class Person(QObject):
    """Follows a plan while the app runs; what goes wrong ends the app, with the reason on stderr."""

    def __init__(self, plan: Doing[None]) -> None:
        super().__init__()
        self.content = False
        self._plan = plan
        self._look: Look | None = None
        self._since = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._blink)
        self._timer.start(BLINK)

    def _blink(self) -> None:
        try:
            self._go_on()
        except StopIteration:
            self.content = True
            self._timer.stop()
            QTimer.singleShot(DEADLINE * 1000, self._give_up)
        except BaseException:  # noqa: BLE001 - whatever it is, the app must end and say so
            traceback.print_exc()
            self._timer.stop()
            QApplication.exit(1)

    def _give_up(self) -> None:
        self.content = False
        print("the app did not end; on screen:", on_screen(), file=sys.stderr)
        QApplication.exit(1)

    def _go_on(self) -> None:
        found = self._look.see() if self._look else None
        if self._look is None or found:
            self._look, self._since = self._plan.send(found), time.monotonic()
        elif time.monotonic() - self._since > DEADLINE:
            raise AssertionError(f"{self._look.what} did not come; on screen: {on_screen()}")


def run(argv: Sequence[str], plan: Doing[None]) -> int:
    """Start the app as its command does, with a person in front of it; return its exit code, or 1."""
    QApplication(["bankview"])
    person = Person(plan)
    code = start.main(argv)
    return code if person.content else 1


def on_screen() -> list[str]:
    """Return what the person could read and name now, for a failure's message."""
    return [
        f"{type(widget).__name__} {widget.objectName()} {getattr(widget, 'text', str)()!r}"
        for widget in QApplication.allWidgets()
        if widget.isVisible()
        and (isinstance(widget, QLabel | QAbstractButton) or widget.objectName())
        and not widget.objectName().startswith("qt_")
    ]


def until(see: Callable[[], T | None], what: str) -> Doing[T]:
    """Wait until `see` finds something, and return that."""
    found: T = yield Look(what, see)
    return found


def seen(name: str, kind: type[W]) -> W | None:
    """Return the visible widget of this name, where there is one."""
    for widget in QApplication.allWidgets():
        if widget.objectName() == name and widget.isVisible() and isinstance(widget, kind):
            return widget
    return None


def find(name: str, kind: type[W]) -> Doing[W]:
    """Wait for the widget of this name that can be seen and used."""

    def see() -> W | None:
        widget = seen(name, kind)
        return widget if widget and widget.isEnabled() else None

    return (yield from until(see, name))


def reach(name: str) -> Doing[QWidget]:
    """Wait for a widget, and bring its window to the front, which no window manager does here."""
    widget = yield from find(name, QWidget)
    window = widget.window()

    def in_front() -> bool:
        if not window.isActiveWindow():
            window.activateWindow()
        return window.isActiveWindow()

    yield from until(in_front, f"the window of {name} in front")
    return widget


def gone(name: str) -> Doing[None]:
    """Wait until nothing of this name can be seen."""
    yield from until(lambda: seen(name, QWidget) is None, f"the end of {name}")


def act(deed: Callable[[], object]) -> Doing[None]:
    """Do something in the app's own loop; a dialog that it opens does not hold up the person."""
    done: list[bool] = []

    def do() -> None:
        done.append(True)
        deed()

    QTimer.singleShot(0, do)
    yield from until(lambda: bool(done), "an idle moment")


def click(name: str, place: QPoint | None = None) -> Doing[None]:
    """Click a widget as soon as it can be used, at `place` or in its middle."""
    widget = yield from reach(name)
    where = widget.rect().center() if place is None else place
    yield from act(
        lambda: QTest.mouseClick(
            widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where
        )
    )


def type_into(name: str, text: str) -> Doing[None]:
    """Click into a field, replace what it holds, and type."""
    yield from click(name)
    field = yield from reach(name)
    yield from act(lambda: QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier))
    yield from act(lambda: QTest.keyClick(field, Qt.Key.Key_Delete))
    yield from act(lambda: QTest.keyClicks(field, text))


def press(
    name: str, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> Doing[None]:
    """Press a key in a widget."""
    widget = yield from reach(name)
    yield from act(lambda: QTest.keyClick(widget, key, modifier))


def leave() -> Doing[None]:
    """Quit by the keyboard, as everybody does; nothing can be seen after that."""
    window = yield from reach("main-window")
    keys = (Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    QTimer.singleShot(0, lambda: QTest.keyClick(window, *keys))


def say(text: str) -> None:
    """Say what was seen, to whoever started this."""
    print(text, flush=True, file=sys.stdout)
