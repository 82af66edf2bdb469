"""Collects cyclic garbage on the window's thread alone.

Python collects on whatever thread happens to allocate, and destroys what it finds there; a widget or a timer that is
destroyed outside the window's thread takes the process down.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

#: Milliseconds between two looks; one that finds little garbage costs a few microseconds.
PERIOD = 500


class Collector(QObject):
    """Takes the collector's place as long as the process lives; it belongs to the thread that made it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self)
        timer.timeout.connect(collect)
        timer.start(PERIOD)


def collect() -> None:
    """Collect the oldest generation whose count is over Python's own threshold, with the younger ones."""
    over = [
        generation
        for generation, (count, threshold) in enumerate(
            zip(gc.get_count(), gc.get_threshold(), strict=True)
        )
        if threshold and count > threshold
    ]
    if over:
        gc.collect(over[-1])
