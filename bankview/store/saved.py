"""Searches that a person gave a name; whatever their case, there is one of a name.

They lie in the ledger: what a person looks for is nobody else's business, and is kept and copied with what it finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bankview.store.database import Database


class Saved(msgspec.Struct, frozen=True):
    """A name, and what is asked for under it: the search's text, and the filters beside it by name."""

    name: str
    text: str = ""
    filters: dict[str, str] = {}


def saved(db: Database) -> tuple[Saved, ...]:
    """Return all searches by name."""
    found = db.run("SELECT asked FROM saved ORDER BY name")
    return tuple(msgspec.json.decode(asked, type=Saved) for (asked,) in found)


def put(db: Database, search: Saved, instead: str = "") -> None:
    """Keep a search; one of its name, and the one that it is `instead` of, are gone then."""
    with db.writing():
        db.run("DELETE FROM saved WHERE name = ?", (instead,))
        asked = msgspec.json.encode(search).decode()
        db.run("INSERT OR REPLACE INTO saved VALUES(?,?)", (search.name, asked))


def drop(db: Database, name: str) -> None:
    """Forget a search."""
    with db.writing():
        db.run("DELETE FROM saved WHERE name = ?", (name,))
