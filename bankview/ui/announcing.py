"""What an update brought, said aloud once by a screen reader that is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from bankview.sync.refresh import Report


def news_of(report: Report, *, attended: bool) -> str:
    """Return what to say of an update; nothing where nobody waits for it and it brought nothing."""
    if report.error:
        return tr("{bank} was not updated.", bank=report.bank_name) if attended else ""
    if report.new:
        return tr_n("{bank}: {n} new", "{bank}: {n} new", report.new, bank=report.bank_name)
    return tr("{bank}: nothing new", bank=report.bank_name) if attended else ""


def announce(window: QObject, words: str) -> None:
    """Let a screen reader say this when it has said what it says now: that is how Qt announces by itself."""
    if words and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(window, words))
