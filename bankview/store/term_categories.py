"""Rows of a category that a person names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.domain import category as tree
from bankview.store.index import fold
from bankview.store.rows import OWN, PLACE, PLACES, RULED
from bankview.words import category_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bankview.domain.search import Term
    from bankview.store.database import Database

#: The category of what has none.
NONE = "none"
_PLACE = f"t.marks >> {PLACE} & {PLACES}"


def filed(db: Database, term: Term, keep: Callable[[str], str]) -> str:
    """Return the condition that the category in force is the one that is named, or below it.

    An id of the tree or its last part, a name in the person's language, a word of the person's own, or `none`; where
    nothing has that name, what has it in its name. `keep` keeps a value and returns what stands for it.
    """
    if term.value.casefold() == NONE:
        return f"{_PLACE} = 0 AND t.category = ''"
    from bankview import categories  # noqa: PLC0415 - it loads a reader of tables

    ids = _ids(term)
    places = ",".join(str(tree.place(id_)) for id_ in ids)
    texts = _free_texts(db)
    named = _named(term, {text: text for text in texts})
    banks = [text for text in texts if categories.of_bank(text) in ids]
    return (
        f"{_PLACE} IN ({places}) OR {_PLACE} = 0 AND (t.category IN ({_list(keep, named)})"
        f" OR t.marks & {OWN | RULED} = 0 AND t.category IN ({_list(keep, banks)}))"
    )


def _list(keep: Callable[[str], str], texts: Iterable[str]) -> str:
    return ",".join(map(keep, texts))


def _ids(term: Term) -> set[str]:
    """Return the ids of the tree that are named, by themselves or in the person's language, with those below."""
    names = {id_: [id_, id_.rpartition(".")[2], text] for id_, text in category_texts().items()}
    whole = {id_ for id_, said in names.items() if fold(term.value) in map(fold, said)}
    parts = whole or (set() if term.exact else set(_named(term, category_texts())))
    below = {id_ for id_ in tree.TREE if tree.parent(id_) in parts}
    return parts if term.exact else parts | below


def _named(term: Term, names: dict[str, str]) -> list[str]:
    """Return the keys whose name is a value; where there is none, those whose name has it in it."""
    word = fold(term.value)
    whole = [key for key, name in names.items() if fold(name) == word]
    if whole or term.exact:
        return whole
    return [key for key, name in names.items() if word in fold(name)]


def _free_texts(db: Database) -> list[str]:
    """Return the categories that have no place in the tree, by leaps over their index."""
    rest = f"SELECT min(category) FROM tx WHERE marks >> {PLACE} & {PLACES} = 0 AND category >"
    return [
        text
        for (text,) in db.run(
            f"WITH RECURSIVE k(c) AS (SELECT ({rest} '') UNION ALL SELECT ({rest} k.c AND category > '')"
            " FROM k WHERE k.c IS NOT NULL) SELECT c FROM k WHERE c IS NOT NULL"
        )
    ]
