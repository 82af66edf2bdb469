"""Following an answer's links (HAL's `_links`, `next` of RFC 8288) from page to page, through what banks get wrong."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from bankview.banks._bank import Cursor, Get, Partial
from bankview.banks._read import Row, read_object
from bankview.errors import BadBankDataError, EmptyAnswerError
from bankview.web import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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
    for found in pages_from(get, path, params):
        if not isinstance(found, Cursor):
            yield found


def pages_from(
    get: Get, path: list[str], params: Mapping[str, str] | None = None, resume: str = ""
) -> Iterator[Row | Partial | Cursor]:
    """Yield pages like `pages`, each that another follows with a `Cursor` behind it.

    With the text of a cursor, only the pages that follow it come.
    """
    read = _Read(path)
    read.has(f"/{'/'.join(path)}?{urlencode(params or {})}")
    asked: list[str] | Link = _link_of(resume) if resume else path
    params = None if resume else params
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
        yield Cursor(_text_of(following))
        asked, params = following, None
    yield Partial(f"more than {MOST_PAGES} pages")


def turned(
    ask: Callable[[str], Row], following: Callable[[Row], str], after: str = ""
) -> Iterator[Row | Partial | Cursor]:
    """Yield pages, each that another follows with a `Cursor` behind it; with the text of one, those that follow it.

    `ask` returns the page after a text, "" for the first; `following` the text by which the next one is asked for, ""
    after the last. They end, too, where a text comes again.
    """
    read = {after}
    for _ in range(MOST_PAGES):
        page = ask(after)
        yield page
        after = following(page)
        if not after or after in read:
            return
        read.add(after)
        yield Cursor(after)
    yield Partial(f"more than {MOST_PAGES} pages")


def _text_of(link: Link) -> str:
    base = link.base if isinstance(link.base, str) else list(link.base)
    return json.dumps([str(link), base])


def _link_of(text: str) -> Link:
    where, base = json.loads(text)
    return Link(where, base)


@dataclass(frozen=True, slots=True)
class _Read:
    """Which pages were read, in answer to `path` and after it: their paths by their query in any order."""

    path: list[str]
    paths: dict[tuple[tuple[str, str], ...], list[str]] = field(default_factory=dict)

    def following(self, page: Row, asked: list[str] | Link) -> Link | None:
        """Return the link to the next page; None where there is none, or it was read."""
        here, there = href(page, "self"), href(page, "next")
        if here:
            self.has(self._whole(self._link(here, asked)))
        link = self._link(there, asked)
        return None if not there or self.has(self._whole(link)) else link

    def has(self, whole: str) -> bool:
        """Return whether a page was read, and count it as read from now on.

        Two addresses are one page, too, where only one of them is told with the root's own path.
        """
        parts = urlsplit(whole)
        path = unquote(parts.path)
        query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
        seen = self.paths.setdefault(query, [])
        found = any(path.endswith(each) or each.endswith(path) for each in seen)
        seen.append(path)
        return found

    def _link(self, text: str, asked: list[str] | Link) -> Link:
        """Return what a link is, and what it is relative to.

        The standard's own examples lack the slash they should begin with: they are relative to the root
        ("accounts/…"), or name its last part again ("v1/accounts/…").
        """
        parts, first = urlsplit(text).path.split("/"), self.path[0]
        if parts[0] == first:
            return Link(text, [first])
        if parts[0] and parts[1:2] == [first]:
            return Link(text, "")
        return (
            Link(urljoin(asked, text), asked.base) if isinstance(asked, Link) else Link(text, asked)
        )

    def _whole(self, link: Link) -> str:
        """Return a link's address as far as it can be told without the bank's root."""
        base = link.base if isinstance(link.base, str) else "/".join(map(str, link.base))
        return urljoin(f"/{base}", link)
