"""F6: from one pane of the window to the next, each where the focus was in it last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence


def to_next(panes: Sequence[QWidget]) -> None:
    """Give the focus to the next pane that can be seen; to the first where none has it."""
    shown = [pane for pane in panes if pane.isVisible()]
    focus = QApplication.focusWidget()
    at = next((n for n, pane in enumerate(shown) if focus and pane.isAncestorOf(focus)), -1)
    for pane in (*shown[at + 1 :], *shown[: at + 1]):
        target = _target(pane)
        if target:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            return


def _target(pane: QWidget) -> QWidget | None:
    last = pane.focusWidget()
    if last and _takes_focus(last):
        return last
    return next((widget for widget in pane.findChildren(QWidget) if _takes_focus(widget)), None)


def _takes_focus(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
    return by_tab and widget.isVisible() and widget.isEnabled()
