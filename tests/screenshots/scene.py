"""What one picture shows: a group on the page, a title, and how to get there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from tests.screenshots.stage import Stage


@dataclass(frozen=True)
class Scene:
    """`open` leads to what is shown and returns it; a `main` one grows with the window."""

    group: str
    title: str
    open: Callable[[Stage], QWidget]
    main: bool = False

    @property
    def file(self) -> str:
        """The beginning of its pictures' names."""
        letters = (one if one.isalnum() else "-" for one in f"{self.group} {self.title}".lower())
        return "".join(letters)
