"""What a person asked of the sandbox when starting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wishes:
    """As the arguments of `bankview.sandbox.run`."""

    port: int = 0
    folder: Path | None = None
    still: bool = False
    rows: int | None = None
    faults: tuple[str, ...] = ()
