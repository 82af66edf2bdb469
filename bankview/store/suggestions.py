"""What a person's own categories teach: offered for other rows of the same payee, and never applied unasked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bankview.domain.rule import Rule
from bankview.store import rules
from bankview.store.index import fold

if TYPE_CHECKING:
    from bankview.store.database import Database

_TAUGHT = (
    "SELECT t.payee, t.category, count(*), max(t.id) FROM words w JOIN detail d ON d.text_id = w.text_id AND"
    " d.account_id = w.account_id JOIN tx t ON t.id = d.id WHERE w.category > '' AND t.payee > '' GROUP BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that the person gave some rows of a payee, and how many others would get it."""

    payee: str
    category: str
    count: int

    @property
    def rule(self) -> Rule:
        """The rule that it becomes when it is accepted."""
        return Rule(self.payee, whole=True, category=self.category)


def suggestions(db: Database) -> tuple[Suggestion, ...]:
    """Return what may be offered, those with the most rows first; of several categories of a payee the most frequent.

    Rows that the person or an earlier rule filed are not counted, and what was refused is not offered.
    """
    refused = set(db.run("SELECT payee, category FROM refused"))
    offered = [
        _counted(db, payee, category)
        for payee, category in _taught(db)
        if (fold(payee), category) not in refused
    ]
    found = [one for one in offered if one.count]
    return tuple(sorted(found, key=lambda one: (-one.count, fold(one.payee))))


def offer(db: Database, payee: str, category: str) -> Suggestion | None:
    """Return what a category that was just given to one of a payee's rows suggests; None where nothing, or refused."""
    if not (fold(payee) and category):
        return None
    if db.run("SELECT 1 FROM refused WHERE (payee, category) = (?,?)", (fold(payee), category)):
        return None
    found = _counted(db, payee, category)
    return found if found.count else None


def accept(db: Database, suggestion: Suggestion) -> Rule:
    """Make a rule of a suggestion, behind all others; removing the rule takes it back."""
    return rules.save(db, suggestion.rule)


def refuse(db: Database, suggestion: Suggestion) -> None:
    """Remember that a payee's rows are not all of this category; it is not offered again."""
    with db.writing():
        db.run(
            "INSERT OR IGNORE INTO refused VALUES(?,?)",
            (fold(suggestion.payee), suggestion.category),
        )


def offer_again(db: Database, suggestion: Suggestion) -> None:
    """Forget that a suggestion was refused."""
    with db.writing():
        db.run(
            "DELETE FROM refused WHERE (payee, category) = (?,?)",
            (fold(suggestion.payee), suggestion.category),
        )


def _counted(db: Database, payee: str, category: str) -> Suggestion:
    one = Suggestion(payee, category, 0)
    return replace(one, count=rules.preview(db, one.rule).count)


def _taught(db: Database) -> list[tuple[str, str]]:
    """Return each payee with the category that the person gave it most often, and last where that is equal."""
    said: dict[str, dict[str, tuple[int, int, str]]] = defaultdict(dict)
    for payee, category, count, last in db.run(_TAUGHT):
        known = said[fold(payee)].get(category, (0, 0, ""))
        newest = max((last, payee), known[1:])
        said[fold(payee)][category] = (known[0] + count, *newest)
    best = (max((*told, category) for category, told in by.items()) for by in said.values())
    return [(payee, category) for _, _, payee, category in best]
