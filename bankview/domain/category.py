"""The tree of categories: a few ids for what money is for; any other text is a category of the person's own."""

from __future__ import annotations

from enum import StrEnum


class Source(StrEnum):
    """Who says what a row's category is; the first of them that says one counts."""

    PERSON = "person"
    RULE = "rule"
    BANK = "bank"
    NONE = "none"


#: Each below its parent, by a dot. The ledger counts their places: ids are added at the end, and none ever moves.
TREE: tuple[str, ...] = (
    "income",
    "income.salary",
    "income.benefits",
    "income.interest",
    "housing",
    "housing.rent",
    "housing.bills",
    "housing.home",
    "food",
    "food.groceries",
    "food.restaurants",
    "transport",
    "transport.public",
    "transport.car",
    "travel",
    "shopping",
    "shopping.clothes",
    "shopping.electronics",
    "health",
    "leisure",
    "leisure.sport",
    "leisure.media",
    "children",
    "insurance",
    "loans",
    "savings",
    "taxes",
    "fees",
    "gifts",
    "cash",
    "transfers",
)
#: What is neither income nor spending, whoever says so.
TRANSFERS = "transfers"
_PLACES = {id_: place for place, id_ in enumerate(TREE, 1)}


def place(category: str) -> int:
    """Return an id's place in the tree, from 1; 0 for any other text."""
    return _PLACES.get(category, 0)


def at(place_: int) -> str:
    """Return the id at a place; nothing at 0, and beyond what this version knows."""
    return TREE[place_ - 1] if 0 < place_ <= len(TREE) else ""


def parent(category: str) -> str:
    """Return the id above a category: itself where it is at the top, or the person's own."""
    above = category.partition(".")[0]
    return above if category in _PLACES else category
