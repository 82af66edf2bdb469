"""The pages that a person's browser shows after the bank: static, and with nothing from outside."""

from __future__ import annotations

from dataclasses import dataclass

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
    """Return the shipped pages."""
    folder = resource("pages")
    head, _, tail = (folder / "frame.html").read_bytes().partition(_MARK)
    names = ("waiting", "signed-in", "failed", "already", "refused")
    return Pages(head, tail, *((folder / f"{name}.html").read_bytes() for name in names))
