"""The sandbox: a real authorization server and bank on loopback, for the demo and the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def run(
    *,
    port: int = 0,
    folder: Path | None = None,
    still: bool = False,
    rows: int | None = None,
    faults: Sequence[str] = (),
    ready: Callable[[str], None] = print,
) -> int:
    """Run the bank until SIGTERM or SIGINT, and return 0.

    Args:
        port: N of the three ports N, N+1 and N+2; 0 takes three free ones.
        folder: where everything lies; None takes a temporary folder that goes when the bank ends.
        still: no life goes on, and access tokens last ten minutes instead of one.
        rows: how many rows the household has, over 12 accounts and 10 years; None for a person's three years.
        faults: faults to begin with, as NAME or NAME=TIMES.
        ready: is given the line "ready ISSUER" when all ports listen and all files are written.

    Raises:
        PortBusyError: one of the three ports is taken.
        UsageError: a fault is not known, or the folder cannot be used.
    """
    # The scripted visitor lives in this room too and starts faster without the server's libraries.
    from bankview.sandbox.running import run_until_told  # noqa: PLC0415
    from bankview.sandbox.wishes import Wishes  # noqa: PLC0415

    return run_until_told(Wishes(port, folder, still, rows, tuple(faults)), ready)
