"""Following an answer's links (HAL's `_links`, `next` of RFC 8288) from page to page, through what banks get wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from bankview.banks._bank import Get, Partial
from bankview.banks._read import Row, read_object
from bankview.errors import BadBankDataError, EmptyAnswerError
from bankview.web import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: More pages than any account has: a bank that goes on has lost count.
MOST_PAGES = 1000
#: An unfilled variable of a templated link (RFC 6570); without it the bank's own default counts.
_VARIABLE = re.compile(r"\{[^{}]*\}")
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]*")


def href(row: Row, name: str) -> str:
    """Return where the link `name` of an object leads, as the bank wrote it; empty where there is no such link.

    Raises:
        BadBankDataError: it is no text, or holds what no URL holds.
    """
    links = row.inner("_links")
    _, value = links.first(name)
    # Crédit Agricole writes some links as plain texts, and some as objects without an address.
    holder, member = (links, name) if isinstance(value, str) else (links.inner(name), "href")
    text = _VARIABLE.sub("", holder.text(member))
    if not _PLAIN.fullmatch(text):
        raise BadBankDataError(holder.field(member), "is no link")
    try:
        urljoin("https://bank.invalid/", text)
    except ValueError:
        raise BadBankDataError(holder.field(member), "is no link") from None
    return text


def pages(
    get: Get, path: list[str], params: Mapping[str, str] | None = None
) -> Iterator[Row | Partial]:
    """Yield the answer to `path` and every page that follows it; none where the bank answers without a body.

    It ends where the bank links to a page that was read: Arkéa's last page leads to itself.

    Raises:
        UnsafeRequestError: a link leads to another origin.
        BadBankDataError: a page cannot be read.
    """
    read = _Read(path, [_place(f"/{'/'.join(path)}?{urlencode(params or {})}")])
    asked: list[str] | Link = path
    for _ in range(MOST_PAGES):
        try:
            page = read_object(get(asked, params), "")
        except EmptyAnswerError:
            # BPCE answers 200 without a body, others 204, where there is nothing.
            return
        yield page
        following = read.following(page, asked)
        if following is None:
            return
        asked, params = following, None
    yield Partial(f"more than {MOST_PAGES} pages")


#: Where a page is, as far as can be told without the bank's root: its path, and its query in any order.
_Place = tuple[str, list[tuple[str, str]]]


def _place(text: str) -> _Place:
    parts = urlsplit(text)
    return unquote(parts.path), sorted(parse_qsl(parts.query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class _Read:
    """The pages that were read, and how their links are resolved."""

    path: list[str]
    places: list[_Place]

    def following(self, page: Row, asked: list[str] | Link) -> Link | None:
        """Return the link to the next page; None where there is none, or it was read."""
        here, there = href(page, "self"), href(page, "next")
        if here:
            self.places.append(self._resolved(here, asked))
        place = self._resolved(there, asked)
        if not there or any(_same(place, seen) for seen in self.places):
            return None
        self.places.append(place)
        return Link(there, self._base(there, asked))

    def _base(self, text: str, asked: list[str] | Link) -> str | list[str] | Link:
        """Return what a link is relative to.

        The standard's own examples lack the slash they should begin with: they are relative to the root
        ("accounts/…"), or name its last part again ("v1/accounts/…").
        """
        parts, first = urlsplit(text).path.split("/"), self.path[0]
        if parts[0] == first:
            return [first]
        return "" if parts[1:2] == [first] and parts[0] else asked

    def _resolved(self, text: str, asked: list[str] | Link) -> _Place:
        base: str | Iterable[str | int] = self._base(text, asked)
        steps = [text]
        while isinstance(base, Link):
            steps.append(base)
            base = base.base
        whole = "/" + (base if isinstance(base, str) else "/".join(map(str, base)))
        for step in reversed(steps):
            whole = urljoin(whole, step)
        return _place(whole)


def _same(one: _Place, other: _Place) -> bool:
    """Return whether two places are one page, where one may be told with the root's path and one without."""
    longer, shorter = sorted((one[0], other[0]), key=len, reverse=True)
    return one[1] == other[1] and longer.endswith(shorter)
