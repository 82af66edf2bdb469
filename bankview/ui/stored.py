"""What is kept on this computer, where, how it is protected, how large it is, and how it goes away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bankview.sync.home import Home


@dataclass(frozen=True, slots=True)
class Stored:
    """One kind of thing: `path` is its file or folder, None in a keychain; `size` is in bytes, None where unknown."""

    what: str
    where: str
    protected: str
    removed: str
    path: Path | None
    size: int | None


def stored(home: Home) -> tuple[Stored, ...]:
    """Return everything that a home keeps; runs in a worker."""
    paths = home.paths
    sealed = tr("Encrypted with the ledger's key")
    plain = tr("For you alone; no secrets in it")
    goes = tr("Delete it, with Bankview closed")
    last = tr("Disconnect banks, then delete it")
    return (
        _file(tr("Ledger"), paths.ledger, sealed, last, with_journals=True),
        _file(tr("Copies of the ledger"), paths.backups, sealed, last),
        _secrets(home),
        _file(tr("Settings"), paths.settings, plain, goes),
        _file(tr("Window layout"), paths.window, plain, goes),
        _file(tr("Banks of your own"), paths.banks, plain, tr("Delete a bank's file in it")),
        _file(tr("Log"), paths.log, tr("For you alone; secrets taken out"), goes),
        _file(tr("What banks publish"), paths.cache, plain, goes),
    )


def _file(
    what: str, path: Path, protected: str, removed: str, *, with_journals: bool = False
) -> Stored:
    parts = [path, *path.parent.glob(f"{path.name}-*")] if with_journals else [path]
    return Stored(what, str(path), protected, removed, path, _size(parts))


def _secrets(home: Home) -> Stored:
    what = tr("Access keys, ledger's key")
    ends = tr("Disconnect the bank")
    if home.secrets.place == "passphrase":
        return _file(what, home.paths.vault, tr("Encrypted under your passphrase"), ends)
    label = home.secrets.label
    if home.secrets.place == "memory":
        return Stored(what, label, tr("Gone when Bankview is closed"), ends, None, None)
    return Stored(what, label, tr("By your keychain"), ends, None, None)


def _size(parts: Iterable[Path]) -> int:
    """Return the bytes of files and of all that is in folders; what goes away meanwhile counts nothing."""
    total = 0
    for part in parts:
        for file in (part, *part.rglob("*")) if part.is_dir() else (part,):
            try:
                total += file.stat().st_size if file.is_file() else 0
            except OSError:
                continue
    return total
