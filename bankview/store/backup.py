"""Daily verified copies of the ledger, and what happens when it is damaged."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from bankview.errors import LedgerDamagedError, StoreError
from bankview.store.database import Database, copy, open_ledger, quick_check

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

KEPT = 7
_PARTS = ("", "-wal", "-shm")


def back_up(db: Database, folder: Path, today: date) -> Path | None:
    """Write today's copy, read it from end to end, and keep the newest seven; None where today's is there.

    The whole ledger is read for it, so that damage shows within a day.

    Raises:
        LedgerDamagedError: the ledger cannot be read; no copy was written or removed.
        DiskFullError, StoreError: the copy could not be written; older ones are as they were.
    """
    target = folder / f"ledger-{today.isoformat()}.db"
    if target.exists():
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy(db, target)
    for old in sorted(folder.glob("ledger-*.db"))[:-KEPT]:
        old.unlink()
    return target


def recover(path: Path, key: bytes, folder: Path, now: datetime) -> LedgerDamagedError:
    """Move a damaged ledger aside with its companions and put the newest sound copy in its place.

    Nothing is deleted. Afterwards `path` holds the restored ledger, or nothing where no copy is sound. No connection
    to the ledger may be open.

    Returns:
        what happened, as the error that names it: where the damaged file lies, and of when the copy is.

    Raises:
        StoreError: the files could not be moved or written.
    """
    try:
        aside = _aside(path, now)
        for suffix in _PARTS:
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
        return LedgerDamagedError(aside, _restore(path, key, folder))
    except OSError as error:
        raise StoreError(f"the ledger could not be restored: {error.strerror}") from error


def _aside(path: Path, now: datetime) -> Path:
    stem = f"{path.stem}-damaged-{now:%Y%m%d-%H%M%S}"
    names = (path.with_name(f"{stem}{f'-{n}' if n else ''}{path.suffix}") for n in count())
    return next(
        name
        for name in names
        if not any(name.with_name(name.name + suffix).exists() for suffix in _PARTS)
    )


def _restore(path: Path, key: bytes, folder: Path) -> datetime | None:
    copies = sorted(folder.glob("*.db"), key=lambda copy: copy.stat().st_mtime, reverse=True)
    for sound in copies:
        # What is tried is a second copy: opening may take it to this version, and the kept ones stay as they are.
        fresh = path.with_name(f"{path.name}.new")
        shutil.copyfile(sound, fresh)
        fresh.chmod(0o600)
        if _is_sound(fresh, key):
            _to_disk(fresh)
            fresh.replace(path)
            return datetime.fromtimestamp(sound.stat().st_mtime, UTC)
        for suffix in _PARTS:
            fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    return None


def _is_sound(path: Path, key: bytes) -> bool:
    try:
        with closing(open_ledger(path, key)) as db:
            quick_check(db)
    except StoreError:
        return False
    return True


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
