"""A raw, read-only call through a logged-in connection, and its answer as people look at one."""

from __future__ import annotations

import csv
import io
import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bankview import web
from bankview.errors import BadBankDataError, UsageError
from bankview.sync.session import open_session
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bankview.sync.home import Home

#: Rows of a table that are shown at most; a file that is saved has them all.
MOST_ROWS = 10_000

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A bank's answer: its status, seconds it took, headers and body. Nothing of what logs us in is in it."""

    status: int
    seconds: float
    headers: Mapping[str, str]
    body: bytes

    @property
    def media(self) -> str:
        """The media type, in lower case and without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text; bytes that are none are marked."""
        return self.body.decode("utf-8-sig", "replace")

    def json(self) -> Any:
        """Return the decoded body with exact numbers, or None where it is no JSON."""
        try:
            return web.decode(self.body)
        except BadBankDataError:
            return None

    def table(self) -> Table | None:
        """Return header and rows where the answer is a list of objects, holds one, or is CSV; else None."""
        if "csv" in self.media:
            return _table_of_csv(self.text)
        return _table_of_objects(_list_in(self.json()))


def parse_parameters(text: str) -> list[tuple[str, str]]:
    """Return the query that a person typed as k=v, several apart by blanks, quoted where a value has one.

    Raises:
        UsageError: a part is no k=v, or a quote stays open.
    """
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise UsageError(tr("A quotation mark is open in the parameters.")) from error
    return list(pairs(parts))


def pairs(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each k=v.

    Raises:
        UsageError: one is none.
    """
    for part in parts:
        name, equals, value = part.partition("=")
        if not (name and equals):
            raise UsageError(tr("{parameter} is no k=v.", parameter=part))
        yield name, value


def explore(
    home: Home, connection_id: str, path: str, parameters: Sequence[tuple[str, str]] = ()
) -> Answer:
    """Return a bank's answer to a GET below its root, whatever its status; the call counts against its limits.

    Raises:
        UsageError: there is no such connection.
        UnsafeRequestError: the path leaves the bank's root; nothing was sent.
        SignInNeededError, RateLimitedError, BankError: it could not be sent, or was not answered.
    """
    with open_session(home, connection_id) as session:
        reply = session.request(path, params=list(parameters))
    return Answer(reply.status, reply.seconds, reply.headers, reply.body)


def as_csv(table: Table) -> bytes:
    """Return a table as CSV: UTF-8, comma, CRLF (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table[0])
    writer.writerows(table[1])
    return out.getvalue().encode()


def _list_in(value: Any) -> Any:
    """Return the list of objects that an answer is, or the longest that lies right in it."""
    if not isinstance(value, dict):
        return value
    lists = [inner for inner in value.values() if isinstance(inner, list) and inner]
    return max(lists, key=len, default=None)


def _table_of_objects(rows: Any) -> Table | None:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return None
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return names, [tuple(_cell(row.get(name)) for name in names) for row in rows]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _table_of_csv(text: str) -> Table | None:
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error:
        return None
    return (rows[0], rows[1:]) if rows and len(rows[0]) > 1 else None
