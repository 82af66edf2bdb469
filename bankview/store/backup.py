"""Daily verified copies of the ledger, and what happens when it is damaged."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from bankview.errors import DiskFullError, LedgerDamagedError, StoreError
from bankview.store.database import (
    Database,
    copy,
    open_ledger,
    quick_check,
    ready_folder,
    refused,
    to_disk,
    trust,
)

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

KEPT = 7
_PARTS = ("", "-wal", "-shm")


def back_up(db: Database, folder: Path, today: date) -> Path | None:
    """Write today's copy, read it from end to end, and keep the newest seven; None where today's is there.

    The whole ledger is read for it, so that damage shows within a day. What the log beside the ledger holds is moved
    into the ledger first: should that log be lost, the ledger still has all that the copy has. One process at a time.

    Raises:
        LedgerDamagedError: the ledger cannot be read; no copy was written or removed.
        DiskFullError, StoreError: the copy could not be written; older ones are as they were.
    """
    target = folder / f"ledger-{today.isoformat()}.db"
    ready_folder(folder, "ledger-")
    made = None
    if not target.exists():
        db.run("PRAGMA wal_checkpoint(TRUNCATE)")
        copy(db, target)
        made = target
    # A clock that was wrong for a day may have dated a copy in the future; today's stays whatever the others say.
    others = sorted(set(folder.glob("ledger-*.db")) - {target})
    for old in others[: -(KEPT - 1)]:
        old.unlink(missing_ok=True)
    return made


def recover(path: Path, key: bytes, folder: Path, now: datetime) -> LedgerDamagedError:
    """Move a damaged ledger aside with its companions and put the newest sound copy in its place.

    Nothing is deleted, and nothing moved before the copy lies ready on the disk, so that a crash or a full disk at any
    point leaves what the next start repairs. Afterwards `path` holds the restored ledger, or nothing where no copy is
    sound. No connection to the ledger may be open. There may be no ledger at all.

    Returns:
        what happened, as the error that names it: where the damaged file lies, and of when the copy is.

    Raises:
        DiskFullError, StoreError: the files could not be moved or written.
    """
    try:
        fresh, written = _newest_sound(path, key, folder)
        aside = _move_aside(path, now)
        if fresh:
            fresh.replace(path)
        trust(path)
        return LedgerDamagedError(aside, written)
    except OSError as error:
        raise refused(error, "the ledger could not be restored") from error


def _move_aside(path: Path, now: datetime) -> Path | None:
    """Move the ledger's parts away, itself last: a log without its ledger harms nothing, one beside another does."""
    there = [suffix for suffix in reversed(_PARTS) if path.with_name(path.name + suffix).exists()]
    if not there:
        return None
    aside = _aside(path, now)
    for suffix in there:
        path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
    return aside


def _aside(path: Path, now: datetime) -> Path:
    stem = f"{path.stem}-damaged-{now:%Y%m%d-%H%M%S}"
    names = (path.with_name(f"{stem}{f'-{n}' if n else ''}{path.suffix}") for n in count())
    return next(
        name
        for name in names
        if not any(name.with_name(name.name + suffix).exists() for suffix in _PARTS)
    )


def _newest_sound(path: Path, key: bytes, folder: Path) -> tuple[Path | None, datetime | None]:
    """Return a second copy of the newest sound one, beside the ledger, and of when that is."""
    # Opening may take it to this version, and the kept ones stay as they are.
    fresh = path.with_name(f"{path.name}.new")
    copies = sorted(folder.glob("*.db"), key=lambda copy: copy.stat().st_mtime, reverse=True)
    for sound in copies:
        _remove(fresh)
        shutil.copyfile(sound, fresh)
        fresh.chmod(0o600)
        if _is_sound(fresh, key):
            to_disk(fresh)
            return fresh, datetime.fromtimestamp(sound.stat().st_mtime, UTC)
    _remove(fresh)
    return None, None


def _remove(fresh: Path) -> None:
    for suffix in (*_PARTS, ".suspect"):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)


def _is_sound(path: Path, key: bytes) -> bool:
    try:
        with closing(open_ledger(path, key)) as db:
            quick_check(db)
    except DiskFullError:
        raise
    except StoreError:
        return False
    return True
