"""What a screen reader hears of a chart: that it is one, what it shows, and that its numbers can be shown as a table."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget

from bankview.ui.widgets.chart import Chart
from bankview.words import tr

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QAccessibleInterface

#: The action's name among programs; people hear that of the menu's entry.
TABLE = "ShowTable"


class SpokenChart(QAccessibleWidget):
    """A widget that paints itself has no role of its own, and its menu is out of reach."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart, QAccessible.Role.Chart)
        self._chart = chart

    def actionNames(self) -> list[str]:
        """Offer the table beside what every widget offers."""
        return [*([TABLE] if self._chart.count() else []), *super().actionNames()]

    def localizedActionName(self, name: str) -> str:
        """Return an action's name for people."""
        return tr("Show as table…") if name == TABLE else super().localizedActionName(name)

    def doAction(self, name: str) -> None:
        """Show the table, or do what every widget does."""
        self._chart.show_table() if name == TABLE else super().doAction(name)


@cache
def install() -> None:
    """Let charts be spoken of so from now on; a second call changes nothing."""
    QAccessible.installFactory(_spoken)


def _spoken(_: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, Chart):
        return None
    # Qt deletes it with the chart, and nobody else may before.
    thing.spoken = SpokenChart(thing)
    return thing.spoken
