"""What the terms of a search mean to the database: conditions over `tx t`, places, and accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bankview.domain.search import Key, Term, days
from bankview.store.index import fold
from bankview.store.ranges import BOOKED, EVERYTHING, HELD, Ranges, of_period, outside, within
from bankview.store.rows import CHECKED, NEW, NOT_TRANSFER
from bankview.store.term_accounts import fitting, sized
from bankview.store.term_categories import filed

if TYPE_CHECKING:
    from bankview.domain.search import Query
    from bankview.store.database import Database

_STATES = {
    "in": "t.amount > 0",
    "out": "t.amount < 0",
    "checked": f"t.marks & {CHECKED}",
    "new": f"t.marks & {NEW}",
    "transfer": f"NOT ({NOT_TRANSFER})",
}
_TEXTS = {
    Key.PAYEE: (
        "iif(t.payee = '', t.description, t.payee)",
        "named x WHERE x.id = t.id",
        "x.payee",
    ),
    Key.TEXT: ("t.description", "", ""),
}
#: The rows that the person wrote something of, which are few.
_WORDS = "SELECT d.id FROM words x JOIN detail d ON d.account_id = x.account_id AND d.text_id = x.text_id WHERE"


@dataclass(slots=True)
class Terms:
    """What terms ask for: `words` and not `without` in a row's own text, and all of `where`.

    `hints` are in the text of every row that is found. Conditions that look into a row's text `f.s` say so by
    `reads_text`. `accounts` None are all.
    """

    words: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    ranges: Ranges = EVERYTHING
    accounts: frozenset[int] | None = None
    reads_text: bool = False

    def value(self, text: Any) -> str:
        """Keep a value for a condition, and return what stands for it there."""
        name = f"term{len(self.values)}"
        self.values[name] = text
        return f":{name}"

    def hold(self, condition: str, term: Term) -> None:
        """Ask for a condition, or for its contrary."""
        self.where.append(f"NOT ({condition})" if term.negated else f"({condition})")


def meaning(db: Database, query: Query) -> Terms:
    """Return what a search asks for; the names of accounts, banks and categories are looked up now."""
    found = Terms()
    if not query.terms:
        return found
    for term in query.of(Key.WORD):
        (found.without if term.negated else found.words).append(fold(term.value))
    for key in (Key.PAYEE, Key.TEXT, Key.NOTE, Key.TAG):
        for term in query.of(key):
            _text(db, found, term)
    for term in query.of(Key.CATEGORY):
        found.hold(filed(db, term, found.value), term)
    for term in (*query.of(Key.DATE), *query.of(Key.IS)):
        _place(found, term)
    for term in query.of(Key.AMOUNT):
        found.hold(sized(db, term), term)
    found.accounts = fitting(db, query)
    return found


#: Payees and texts recur.
_fold = lru_cache(maxsize=1 << 14)(fold)


def _text(db: Database, found: Terms, term: Term) -> None:
    word = fold(term.value)
    if not word:
        return
    db.know("fold", _fold)
    value = found.value(word)
    if term.key is Key.NOTE:
        found.hold(f"t.id IN ({_WORDS} x.note > '' AND {_has('x.note', value, term)})", term)
        return
    if term.key is Key.TAG:
        tags = "',' || fold(x.tags) || ','"
        said = f"instr(replace({tags}, ', ', ','), ',' || {value} || ',')"
        condition = said if term.exact else _has("x.tags", value, term)
        found.hold(f"t.id IN ({_WORDS} x.tags > '' AND {condition})", term)
        return
    column, other, theirs = _TEXTS[term.key]
    condition = _has(column, value, term)
    if other and db.one("SELECT 1 FROM named LIMIT 1"):
        condition += f" OR EXISTS (SELECT 1 FROM {other} AND {_has(theirs, value, term)})"
    # A row's whole text holds these too, and lies folded: most rows are passed by without folding anything.
    found.hold(f"instr(f.s, {value}) AND ({condition})", term)
    found.reads_text = True
    if not term.negated:
        found.hints.append(word)


def _has(column: str, value: str, term: Term) -> str:
    """Return the condition that a column's folded text is a value, or has it in it.

    Most texts are plain letters with single blanks, which SQLite folds itself.
    """
    folded = (
        f"CASE WHEN {column} GLOB '*[^ -~]*' OR {column} GLOB '*  *' THEN fold({column})"
        f" ELSE lower(trim({column})) END"
    )
    return f"{folded} = {value}" if term.exact else f"instr({folded}, {value})"


def _place(found: Terms, term: Term) -> None:
    """Ask for rows that lie in ranges, and for those whose state is no matter of their place."""
    state = term.value.lower()
    if term.key is Key.IS and state in _STATES:
        found.hold(_STATES[state], term)
        return
    if term.key is Key.IS:
        wanted = BOOKED if state == "booked" else HELD
    else:
        period = days(term.value)
        assert period, "it was understood"
        wanted = of_period(*period)
    found.ranges = within(found.ranges, outside(wanted) if term.negated else wanted)
