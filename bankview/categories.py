"""What a bank's classification means in the tree of categories; the tables are read at the first question."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bankview.paths import resource

if TYPE_CHECKING:
    from collections.abc import Mapping


@lru_cache(maxsize=4096)
def of_mcc(code: str) -> str:
    """Return the category of a merchant category code (ISO 18245), four digits; nothing for what is no such code."""
    if len(code) != 4 or not (code.isascii() and code.isdigit()):
        return ""
    number = int(code)
    fitting = [(high - low, id_) for low, high, id_ in _ranges() if low <= number <= high]
    return min(fitting)[1] if fitting else ""


@lru_cache(maxsize=4096)
def of_sparebank1(main: str, sub: str, mcc: str) -> str:
    """Return the category of SpareBank 1's own classification, else of its merchant category code."""
    said, above = _tables()["sparebank1"], main.upper()
    return said.get(f"{above}/{sub.upper()}") or of_mcc(mcc) or said.get(above, "")


def of_named(bank: str, *names: str) -> str:
    """Return the category of the first of a bank's own names, as its table has them, that is known there."""
    table = _tables()[bank]
    return next(filter(None, (table.get(name.upper(), "") for name in names)), "")


def of_bank(text: str) -> str:
    """Return what a bank's category means where no more than its name is kept: a name of SpareBank 1, or a code."""
    name, tables = text.upper(), _tables()
    return of_mcc(text) or tables["names"].get(name) or tables["sparebank1"].get(name, "")


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resource("categories.toml").read_text("utf-8"))


@cache
def _ranges() -> tuple[tuple[int, int, str], ...]:
    parts = ((said.partition("-"), id_) for said, id_ in _tables()["mcc"].items())
    return tuple((int(low), int(high or low), id_) for (low, _, high), id_ in parts)
