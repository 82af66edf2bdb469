"""Programs that tests start."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Process(subprocess.Popen[str]):
    """A program that ends with its block: one that hangs fails its own test, and holds up no other."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        super().__exit__(kind, error, trace)
