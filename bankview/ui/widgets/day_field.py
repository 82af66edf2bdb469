"""A field for a day: typed, or chosen from a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QWidget

if TYPE_CHECKING:
    from datetime import date


class DayField(QDateEdit):
    """`name` is what it is called by who hears it."""

    def __init__(self, name: str, day: date) -> None:
        super().__init__()
        self.setCalendarPopup(True)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setAccessibleName(name)
        self.choose(day)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Leave the field with Tab, as any other; in it the arrow keys move."""
        return QWidget.focusNextPrevChild(self, forward)

    @property
    def day(self) -> date:
        """The day that is chosen."""
        return cast("date", self.date().toPython())

    def choose(self, day: date) -> None:
        """Choose a day."""
        self.setDate(QDate(day.year, day.month, day.day))
