"""The pages that a person's browser shows after the bank: static, and with nothing from outside."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from string import Template
from typing import NamedTuple

from bankview.language import is_right_to_left, spoken, tr
from bankview.paths import resource

_MARK = b"<!-- content -->"

#: Sent with every page: nothing runs, nothing loads, nothing is kept, nobody learns the address.
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}


class Said(NamedTuple):
    """A page's title and its two sentences."""

    title: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Pages:
    """The parts of the pages. Each page is `head`, one or two contents, `tail`; none holds a word of the request."""

    head: bytes
    tail: bytes
    waiting: bytes
    signed_in: bytes
    failed: bytes
    already: bytes
    refused: bytes

    def whole(self, content: bytes) -> bytes:
        """Return a page with one content."""
        return self.head + content + self.tail

    def verdict(self, ok: bool) -> bytes:
        """Return the content that says how the sign-in ended."""
        return self.signed_in if ok else self.failed


def load() -> Pages:
    """Return the shipped pages, in the language of the app."""
    direction = "rtl" if is_right_to_left() else "ltr"
    frame = _filled("frame", lang=spoken(), dir=direction)
    head, _, tail = frame.partition(_MARK)
    return Pages(head, tail, *(_filled(name, **said._asdict()) for name, said in _said().items()))


def _filled(name: str, **words: str) -> bytes:
    shape = Template((resource("pages") / f"{name}.html").read_text("utf-8"))
    return shape.substitute({key: escape(text) for key, text in words.items()}).encode()


def _said() -> dict[str, Said]:
    """Return what each page says, in the order of `Pages`."""
    leave = tr("You can close this page and return to Bankview.")
    return {
        "waiting": Said(
            tr("Return to Bankview"),
            tr("The bank’s answer has arrived there, and Bankview finishes the sign-in."),
            tr("You can close this page."),
        ),
        "signed-in": Said(
            tr("You are signed in"), tr("Bankview can now read your accounts at the bank."), leave
        ),
        "failed": Said(
            tr("You are not signed in"),
            tr("The sign-in did not complete. Bankview says why, and you can start again there."),
            leave,
        ),
        "already": Said(
            tr("This sign-in was answered before"),
            tr("The first answer counts; this one changed nothing."),
            leave,
        ),
        "refused": Said(
            tr("Bankview does not wait for this answer"),
            tr(
                "It belongs to an older sign-in, or did not come from the bank. Nothing was changed."
            ),
            tr("Return to Bankview, and sign in again from there if it still waits."),
        ),
    }
