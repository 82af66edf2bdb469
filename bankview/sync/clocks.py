"""The clocks of the banks' sign-in servers, and how far they were from ours when they were last heard."""

from __future__ import annotations

import json
import logging
import secrets
from functools import partial
from typing import TYPE_CHECKING

from bankview.oauth.clock import ABSURD, ServerClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

LOG = logging.getLogger(__name__)


def read_skews(path: Path) -> dict[str, float]:
    """Return by bank how many seconds its server is ahead of this computer; nothing where the file cannot be read."""
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {
        bank: float(skew)
        for bank, skew in said.items()
        if isinstance(skew, (int, float)) and abs(skew) <= ABSURD
    }


class Clocks:
    """One clock a bank, the same for every thread; `path` keeps what was learnt (None: it goes with the process)."""

    def __init__(self, path: Path | None, now: Callable[[], datetime]) -> None:
        self._path, self._now = path, now
        self._clocks: dict[str, ServerClock] = {}

    def of(self, bank_id: str) -> ServerClock:
        """Return the clock of a bank's server."""
        if bank_id not in self._clocks:
            skew = self._skews().get(bank_id, 0.0)
            made = ServerClock(self._now, skew=skew, told=partial(self._keep, bank_id))
            # Of two threads that come at once, both get the first one's.
            self._clocks.setdefault(bank_id, made)
        return self._clocks[bank_id]

    def _skews(self) -> Mapping[str, float]:
        return read_skews(self._path) if self._path else {}

    def _keep(self, bank_id: str, skew: float) -> None:
        if self._path is None:
            return
        said = {**self._skews(), bank_id: round(skew, 1)}
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = self._path.with_suffix(f".{secrets.token_hex(4)}.part")
            part.write_text(json.dumps(said), "utf-8")
            part.replace(self._path)
        except OSError as error:
            LOG.info("the servers' clocks could not be kept: %s", error.strerror)
