"""Opens the books of every customer, and keeps on disk what life adds to them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money
from bankview.sandbox.books import household, student
from bankview.sandbox.books.history import MANY_ACCOUNTS, WorkedOut, Written
from bankview.sandbox.books.ledger import Books, Recent
from bankview.sandbox.books.life import Life
from bankview.sandbox.books.row import Kind, Row
from bankview.sandbox.files import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


class Shelf:
    """The books of all customers, and their two files each: one for people, one to go on from."""

    def __init__(
        self, folder: Path, state: Path, rows: int | None, created: date, today: Callable[[], date]
    ) -> None:
        self._folder, self._state = folder, state
        made = (_household(rows, created), _written(student, created))
        self.books = {books.customer.id: books for books in made}
        for books in made:
            self._recall(books)
        self._lives = [Life(books, today) for books in made]

    def save(self) -> None:
        """Write every customer's file."""
        for books in self.books.values():
            books.save(self._folder / f"{books.customer.id}.json")

    def step(self) -> None:
        """Let life go on by one step for everyone."""
        for life, books in zip(self._lives, self.books.values(), strict=True):
            life.step()
            self._remember(books)
        self.save()

    def _remember(self, books: Books) -> None:
        recent = books.recent
        content = {
            "booked": [_to_json(row) for row in recent.booked],
            "pending": [_to_json(row) for row in recent.pending],
        }
        write(self._place(books), json.dumps(content).encode())

    def _recall(self, books: Books) -> None:
        if self._place(books).exists():
            kept = json.loads(self._place(books).read_bytes())
            booked, pending = (tuple(map(_from_json, kept[part])) for part in ("booked", "pending"))
            books.recent = Recent(booked, pending)

    def _place(self, books: Books) -> Path:
        return self._state / f"recent-{books.customer.id}.json"


def _household(rows: int | None, created: date) -> Books:
    if rows is None:
        return _written(household, created)
    return Books(household.CUSTOMER, MANY_ACCOUNTS, WorkedOut(rows, created))


def _written(life: Any, created: date) -> Books:
    rows: Iterable[Row] = life.rows(created)
    history = Written(row for row in rows if not row.pending)
    pending = tuple(row for row in rows if row.pending)
    return Books(life.CUSTOMER, life.ACCOUNTS, history, Recent((), pending))


def _to_json(row: Row) -> dict[str, Any]:
    return {
        **row._asdict(),
        "day": row.day.isoformat(),
        "value_day": row.value_day and row.value_day.isoformat(),
        "kind": asdict(row.kind),
        "original": row.original
        and {"minor": row.original.minor, "currency": row.original.currency},
    }


def _from_json(kept: dict[str, Any]) -> Row:
    kind = {**kept["kind"], "category": tuple(kept["kind"]["category"])}
    value_day, original = kept["value_day"], kept["original"]
    return Row(
        **{
            **kept,
            "day": date.fromisoformat(kept["day"]),
            "value_day": date.fromisoformat(value_day) if value_day else None,
            "kind": Kind(**kind),
            "original": Money(**original) if original else None,
        }
    )
