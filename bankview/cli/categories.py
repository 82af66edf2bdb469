"""`bankview categories`: the tree of categories, the person's rules, what they suggest, and what recurs."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from bankview.cli import terminal
from bankview.cli.home import opened
from bankview.domain.money import Money
from bankview.store import connections, recurring, rules, suggestions
from bankview.words import (
    category_text,
    category_texts,
    given_text,
    interval_text,
    money_text,
    rule_text,
    tr,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bankview.store.database import Database
    from bankview.store.recurring import Recurring
    from bankview.sync.home import Home

    Objects = Iterable[Mapping[str, Any]]
    #: A header and its lines, and the same as objects.
    Listing = tuple[Sequence[str], Sequence[Sequence[str]], Objects]


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=tuple(_LISTINGS),
        default="tree",
        help=tr("what to list: tree, rules, suggestions or recurring"),
    )
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """List what was asked for."""
    with opened(arguments) as home, closing(home.database()) as db:
        header, lines, objects = _LISTINGS[arguments.what](home, db)
    if arguments.json:
        terminal.print_objects(objects)
    elif lines:
        terminal.print_table(header, lines)
    else:
        terminal.tell(tr("There is nothing to list."))
    return 0


def _tree(_: Home, __: Database) -> Listing:
    texts = category_texts()
    header = (tr("Category"), tr("Name"))
    return header, list(texts.items()), [{"category": id_, "name": texts[id_]} for id_ in texts]


def _rules(_: Home, db: Database) -> Listing:
    found = rules.rules(db)
    accounts = {one.id: one for one in connections.accounts(db)}
    lines = []
    for rule in found:
        mine = accounts.get(rule.account_id or 0)
        words = rule_text(rule, mine.label, mine.currency) if mine else rule_text(rule)
        lines.append((str(rule.id), words, given_text(rule)))
    header = (tr("ID"), tr("Condition"), tr("Gives"))
    return header, lines, [_rule_object(one) for one in map(terminal.as_object, found)]


def _rule_object(values: dict[str, Any]) -> dict[str, Any]:
    """Return a rule's values with the name of its category beside the id."""
    return {**values, "category_name": category_text(values["category"])}


def _suggestions(_: Home, db: Database) -> Listing:
    found = suggestions.suggestions(db)
    lines = [(one.payee, category_text(one.category), str(one.count)) for one in found]
    header = (tr("Payee"), tr("Category"), tr("Rows"))
    return header, lines, [_rule_object(one) for one in map(terminal.as_object, found)]


def _recurring(home: Home, db: Database) -> Listing:
    found = recurring.recurring(db, home.now().astimezone().date())
    header = (tr("Payee"), tr("How often"), tr("Usually"), tr("Last"), tr("Next"))
    return header, [_line(one) for one in found], [_object(one) for one in found]


def _line(one: Recurring) -> Sequence[str]:
    said = one.rhythm
    amount = money_text(Money(said.typical, one.currency))
    following = tr("ended") if said.ended else said.next.isoformat()
    return one.name, interval_text(said.interval), amount, said.last.isoformat(), following


def _object(one: Recurring) -> dict[str, Any]:
    said = one.rhythm
    names = ("typical", "lowest", "highest", "monthly")
    amounts = {name: str(Money(getattr(said, name), one.currency)) for name in names}
    facts = {"interval": said.interval.value, "count": said.count, "ended": said.ended}
    days = {"last": said.last.isoformat(), "next": said.next.isoformat()}
    return {"payee": one.name, "currency": one.currency, **facts, **amounts, **days}


_LISTINGS: Mapping[str, Callable[[Home, Database], Listing]] = {
    "tree": _tree,
    "rules": _rules,
    "suggestions": _suggestions,
    "recurring": _recurring,
}
