"""Daily verified copies of the ledger, and what happens when it is damaged."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from bankview.errors import LedgerDamagedError, StoreError
from bankview.store.database import Database, open_ledger

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 7


def back_up(db: Database, folder: Path, today: date) -> Path | None:
    """Write today's copy, check that it can be read, and keep the newest seven; None where today's is there."""
    target = folder / f"ledger-{today.isoformat()}.db"
    if target.exists():
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    db.run("VACUUM INTO ?", (str(fresh),))
    fresh.chmod(0o600)
    fresh.replace(target)
    for old in sorted(folder.glob("ledger-*.db"))[:-KEPT]:
        old.unlink()
    return target


def recover(path: Path, key: bytes, folder: Path, now: datetime) -> LedgerDamagedError:
    """Move a damaged ledger aside with its companions and put the newest sound copy in its place."""
    aside = path.with_name(f"{path.stem}-damaged-{now:%Y%m%d-%H%M%S}{path.suffix}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    for copy in sorted(folder.glob("ledger-*.db"), reverse=True):
        if _sound(copy, key):
            path.write_bytes(copy.read_bytes())
            path.chmod(0o600)
            day = date.fromisoformat(copy.stem.removeprefix("ledger-"))
            return LedgerDamagedError(aside, datetime.combine(day, time(), UTC))
    return LedgerDamagedError(aside)


def _sound(path: Path, key: bytes) -> bool:
    try:
        db = open_ledger(path, key)
        try:
            return bool(db.one("PRAGMA quick_check") == "ok")
        finally:
            db.close()
    except StoreError:
        return False
