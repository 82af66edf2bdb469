"""A person's rules: kept in their order, shown before they change anything, applied and taken back as sets."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from bankview.domain.rule import Rule
from bankview.store import index, late
from bankview.store.matching import Matcher
from bankview.store.question import Filter, ask
from bankview.store.rows import (
    BANK_PLACE,
    OWN,
    PLACE,
    PLACES,
    RULED,
    WHOLE,
    WHOLE_JOINS,
    filed,
    read_whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.placing import Ready

#: Rows that a preview shows.
SHOWN = 20
_FIELDS = "id, text, whole, direction, low, high, account_id, category, payee"
#: The bank's category lies beside a row only where another one is in force: most rows need no look there.
_BANKS = (
    f"CASE WHEN t.marks & {OWN | RULED} THEN coalesce((SELECT bank_category FROM detail WHERE id = t.id), t.category)"
    " ELSE t.category END"
)
_FACTS = f"t.id, t.account_id, t.amount, t.payee, t.description, t.category, {_BANKS}, t.marks, coalesce(n.payee, '')"
_RULED_MARKS = OWN | RULED | PLACES << PLACE


@dataclass(frozen=True, slots=True)
class Preview:
    """How many rows would look otherwise, and the newest of them as they are now."""

    count: int
    rows: tuple[Transaction, ...]


class Change(NamedTuple):
    """What a row will say; `kept` is the bank's category where another one is in force.

    `refiled` and `renamed` say whether category and payee are others than now.
    """

    rowid: int
    category: str
    kept: str | None
    marks: int
    payee: str
    refiled: bool
    renamed: bool


def rules(db: Database) -> tuple[Rule, ...]:
    """Return the person's rules in their order."""
    found = db.run(f"SELECT {_FIELDS} FROM rule ORDER BY position, id")
    return tuple(
        Rule(text, bool(whole), direction, low, high, account, category, payee, own)
        for own, text, whole, direction, low, high, account, category, payee in found
    )


def matcher(db: Database) -> Matcher:
    """Return the rules as what tells the rows that they meet."""
    return Matcher(rules(db))


def preview(db: Database, rule: Rule) -> Preview:
    """Return what `save` would change.

    Raises:
        ValueError: the rule has no condition, or gives nothing.
    """
    before = rules(db)
    return _preview(db, before, _with(before, rule.tidy()))


def preview_removal(db: Database, rule_id: int) -> Preview:
    """Return what `remove` would change."""
    before = rules(db)
    return _preview(db, before, _without(before, rule_id))


def save(db: Database, rule: Rule) -> Rule:
    """Keep a rule, a new one behind all others, and apply it; return it with its id.

    Raises:
        ValueError: the rule has no condition, or gives nothing.
    """
    rule = rule.tidy()
    with db.at_length(), db.writing():
        before = rules(db)
        values = _values(rule)
        if any(one.id == rule.id for one in before):
            db.run(
                f"UPDATE rule SET ({_FIELDS}) = (?,?,?,?,?,?,?,?,?) WHERE id = ?",
                (*values, rule.id),
            )
        else:
            db.run(
                f"INSERT INTO rule({_FIELDS}, position)"
                " VALUES(?,?,?,?,?,?,?,?,?,(SELECT coalesce(max(position), 0) + 1 FROM rule))",
                (None, *values[1:]),
            )
            rule = replace(rule, id=int(db.one("SELECT last_insert_rowid()")))
        _apply(db, changes(db, before, rules(db)))
    return rule


def remove(db: Database, rule_id: int) -> None:
    """Forget a rule, and take back what it did."""
    with db.at_length(), db.writing():
        before = rules(db)
        db.run("DELETE FROM rule WHERE id = ?", (rule_id,))
        _apply(db, changes(db, before, rules(db)))


def reorder(db: Database, rule_ids: Sequence[int]) -> None:
    """Put the rules in this order; those that are not named come behind, as they were."""
    with db.at_length(), db.writing():
        before = rules(db)
        rank = {own: n for n, own in enumerate(rule_ids)}
        order = sorted(before, key=lambda rule: rank.get(rule.id, len(rank)))
        db.run_many(
            "UPDATE rule SET position = ? WHERE id = ?",
            [(n, rule.id) for n, rule in enumerate(order, 1)],
        )
        _apply(db, changes(db, before, rules(db)))


def put(db: Database, wanted: Sequence[Rule]) -> None:
    """Let these be all rules, with their ids and in this order; what others did is taken back."""
    with db.at_length(), db.writing():
        before = rules(db)
        db.run("DELETE FROM rule")
        db.run_many(
            f"INSERT INTO rule({_FIELDS}, position) VALUES(?,?,?,?,?,?,?,?,?,?)",
            [(*_values(rule), n) for n, rule in enumerate(wanted, 1)],
        )
        _apply(db, changes(db, before, wanted))


def giver(db: Database, row: Transaction) -> Rule | None:
    """Return the rule that gives a row its category, or would were it not for the person's; None where none does."""
    facts = (row.amount.minor, row.account_id, row.payee, row.description)
    return next(
        (one for one in rules(db) if one.category and Matcher([one]).ruled(*facts).category), None
    )


def dressed(db: Database, account_id: int, ready: Sequence[Ready]) -> list[Ready]:
    """Return rows with what the rules say of them, found by it too; within a transaction."""
    match = matcher(db)
    return [_dressed(match, account_id, item) for item in ready] if match else list(ready)


def _dressed(match: Matcher, account_id: int, item: Ready) -> Ready:
    row = item.row
    said = match.ruled(row.amount.minor, account_id, row.payee, row.description, item.doc)
    if said == row.ruled:
        return item
    row = row.but(ruled=said)
    return item._replace(row=row, doc=index.text_of(row))


def name(db: Database, account_id: int, rows: Iterable[Transaction]) -> None:
    """Keep what rules call the payees of rows that were just placed; within a transaction."""
    names = {row.id: row.ruled.payee for row in rows}
    if any(names.values()) or db.one("SELECT 1 FROM named LIMIT 1"):
        placed = "FROM json_each(:names) j JOIN detail d ON d.text_id = j.key AND d.account_id = :account"
        values = {"names": json.dumps(names), "account": account_id}
        db.run(f"DELETE FROM named WHERE id IN (SELECT d.id {placed})", values)
        db.run(f"INSERT INTO named SELECT d.id, j.value {placed} WHERE j.value > ''", values)


def changes(db: Database, before: Sequence[Rule], after: Sequence[Rule]) -> list[Change]:
    """Return what rows would say anew when these rules take the place of those, newest rows first."""
    match = Matcher(after)
    found: dict[int, Change] = {}
    for rule in _differing(before, after):
        for values in _candidates(db, rule):
            if values[0] not in found and (change := _change(match, values)):
                found[change.rowid] = change
    return [found[own] for own in sorted(found, reverse=True)]


def _differing(before: Sequence[Rule], after: Sequence[Rule]) -> list[Rule]:
    """Return the rules that one of the two has not, and those that another one overtook."""
    stay = [rule for rule in before if rule in after]
    rest = [rule for rule in after if rule in before]
    moved = [a for a, b in zip(stay, rest, strict=True) if a != b]
    return [rule for rule in (*before, *after) if rule not in stay] + moved


def _candidates(db: Database, rule: Rule) -> Iterator[Any]:
    """Yield all rows that a rule may meet, and few others: what the search finds by its words."""
    accounts = tuple(own for (own,) in db.run("SELECT id FROM account"))
    if rule.account_id is not None:
        accounts = (rule.account_id,)
    asked = ask(
        db,
        Filter(accounts, rule.text, direction=rule.direction, low=rule.low, high=rule.high),
    )
    return db.each(
        f"SELECT {_FACTS} FROM {asked.source} LEFT JOIN named n ON n.id = t.id WHERE {asked.condition}",
        asked.values,
    )


def _change(match: Matcher, values: Any) -> Change | None:
    own, account, minor, payee, description, shown, bank, marks, named = values
    said = match.ruled(minor, account, payee, description)
    category, new = shown, marks
    if not marks & OWN:
        category = said.category or bank
        new = marks & ~_RULED_MARKS | filed("", said.category, marks >> BANK_PLACE & PLACES)
    refiled, renamed = (category, new) != (shown, marks), said.payee != named
    if not (refiled or renamed):
        return None
    over = bank if new & (OWN | RULED) else None
    return Change(own, category, over, new, said.payee, refiled, renamed)


def _apply(db: Database, found: Sequence[Change]) -> None:
    # In the order of rows each page of theirs is met once.
    found = sorted(found)
    refiled, renamed = [one for one in found if one.refiled], [one for one in found if one.renamed]
    db.run_many(
        "UPDATE tx SET category = ?, marks = ? WHERE id = ?",
        ((one.category, one.marks, one.rowid) for one in refiled),
    )
    db.run_many(
        "UPDATE detail SET bank_category = ? WHERE id = ?",
        ((one.kept, one.rowid) for one in refiled),
    )
    db.run_many("DELETE FROM named WHERE id = ?", ((one.rowid,) for one in renamed))
    db.run_many(
        "INSERT INTO named VALUES(?,?)", ((one.rowid, one.payee) for one in renamed if one.payee)
    )
    late.tell(db, [one.rowid for one in found])


_AMONG = "t.id IN (SELECT value FROM json_each(?))"


def _preview(db: Database, before: Sequence[Rule], after: Sequence[Rule]) -> Preview:
    found = changes(db, before, after)
    newest = (json.dumps([one.rowid for one in found[:SHOWN]]),)
    rows = db.run(
        f"SELECT {WHOLE} FROM tx t {WHOLE_JOINS} WHERE {_AMONG} ORDER BY t.id DESC", newest
    )
    return Preview(len(found), tuple(map(read_whole, rows)))


def _with(before: Sequence[Rule], rule: Rule) -> tuple[Rule, ...]:
    if any(one.id == rule.id for one in before):
        return tuple(rule if one.id == rule.id else one for one in before)
    return (*before, rule)


def _without(before: Sequence[Rule], rule_id: int) -> tuple[Rule, ...]:
    return tuple(rule for rule in before if rule.id != rule_id)


def _values(rule: Rule) -> tuple[Any, ...]:
    conditions = (rule.text, int(rule.whole), rule.direction, rule.low, rule.high, rule.account_id)
    return (rule.id, *conditions, rule.category, rule.payee)
