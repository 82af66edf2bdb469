"""The two movements of the window: a pane that slides and a bar that grows, 120 ms, and none where the system wants none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QVariantAnimation

from bankview.ui.widgets.spinner import moves

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

#: Milliseconds.
DURATION = 120


def slide(
    widget: QWidget, start: int, end: int, step: Callable[[int], None], done: Callable[[], None]
) -> None:
    """Call `step` with whole pixels from `start` to `end`, then `done`; at once where nothing is seen to move.

    Another slide of the same widget ends the one before it.
    """
    for running in widget.findChildren(QVariantAnimation, "slide"):
        running.stop()
    if not widget.isVisible() or not moves() or start == end:
        step(end)
        done()
        return
    moving = QVariantAnimation(widget)
    moving.setObjectName("slide")
    moving.setDuration(DURATION)
    moving.setEasingCurve(QEasingCurve.Type.OutCubic)
    moving.setStartValue(start)
    moving.setEndValue(end)
    moving.valueChanged.connect(step)
    moving.finished.connect(done)
    step(start)
    moving.start(QAbstractAnimation.DeletionPolicy.DeleteWhenStopped)
