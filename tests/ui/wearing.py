"""Styles that tests give the application: none is thrown away, as Qt would, while something may still ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QStyle

_WORN: list[QStyle] = []


def wear(qt: QApplication, style: QStyle | str) -> None:
    """Give the application a style, and keep the one that it had as long as the tests."""
    worn = qt.style()
    worn.setParent(None)
    _WORN.append(worn)
    qt.setStyle(style)
