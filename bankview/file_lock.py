"""A lock that one process at a time can hold, and that the system frees when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE = 0.02


class HeldError(Exception):
    """Somebody else holds a lock for too long."""


@contextmanager
def locked(path: Path, limit: float) -> Iterator[None]:
    """Hold the lock on a file, which is made where it is missing and never deleted.

    Raises:
        HeldError: another holder kept it for `limit` seconds.
        OSError: the file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        ends = time.monotonic() + limit
        while not _try(descriptor):
            if time.monotonic() > ends:
                raise HeldError(path.name)
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists there alone

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - exists there alone

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
