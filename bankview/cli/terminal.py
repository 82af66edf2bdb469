"""What a command says, asks and prints: results on stdout, everything for eyes on stderr."""

from __future__ import annotations

import getpass
import json
import sys
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money
from bankview.errors import UsageError
from bankview.log import REDACTION
from bankview.words import tr

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Mapping, Sequence

NBSP = "\N{NO-BREAK SPACE}"


def add_json(parser: ArgumentParser) -> None:
    """Give a command the flag --json."""
    parser.add_argument("--json", action="store_true", help=tr("print one array of objects"))


def tell(sentence: str) -> None:
    """Say something to the person, beside the result."""
    print(shown(sentence), file=sys.stderr, flush=True)


def shown(text: str) -> str:
    """Return a text on one line, without what would steer a terminal: it may come from a bank."""
    return "".join(
        letter if letter.isprintable() or letter == NBSP else " " for letter in text
    ).strip()


def ask(question: str) -> str:
    """Return the answer to a question, from the terminal or whatever feeds stdin.

    Raises:
        UsageError: there is nobody to ask.
    """
    sys.stderr.write(f"{shown(question)}: ")
    sys.stderr.flush()
    answer = sys.stdin.readline() if sys.stdin else ""
    if not answer:
        sys.stderr.write("\n")
        raise UsageError(tr("There is nobody to ask: {question}.", question=question))
    return answer.strip()


def ask_secret(question: str) -> str:
    """Return the answer to a question without showing it, and hide it from every log.

    Raises:
        UsageError: there is nobody to ask.
    """
    if sys.stdin and sys.stdin.isatty():
        answer = getpass.getpass(f"{shown(question)}: ", sys.stderr)
    else:
        answer = ask(question)
    REDACTION.hide(answer)
    return answer


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns as wide as their content."""
    lines = [list(map(shown, row)) for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def print_objects(objects: Iterable[Mapping[str, Any]]) -> None:
    """Print one top-level array, an object a line, without holding them all."""
    plain = not (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf8")
    between = "["
    for item in objects:
        print(between, json.dumps(item, ensure_ascii=plain), sep="\n", end="")
        between = ","
    print("[]" if between == "[" else "\n]")


def as_object(value: Any, *without: str) -> dict[str, Any]:
    """Return a domain value under its own field names: amounts and dates as text, choices by their name."""
    return {
        name: _plain(getattr(value, name))
        for name in type(value).__match_args__
        if name not in without
    }


def _plain(value: Any) -> Any:
    if isinstance(value, (Money, Decimal)):
        return str(value) if isinstance(value, Money) else f"{value:f}"
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
