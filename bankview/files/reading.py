"""What kind of file it is, and its reading: the one door to all kinds."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.errors import NotStatementError
from bankview.files import camt, csv, guess, mt940, ofx, qif
from bankview.files.values import unknown

if TYPE_CHECKING:
    from bankview.files.columns import Columns
    from bankview.files.source import Source
    from bankview.files.values import Currency, Items

#: What files begin with that are no statements.
_OTHERS = (
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "zip"),
    (b"7z\xbc\xaf", "zip"),
    (b"Rar!", "zip"),
    (b"\xd0\xcf\x11\xe0", "spreadsheet"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
)
_WORKBOOK = re.compile(
    rb"xl/|mimetypeapplication/vnd\.oasis\.opendocument\.spreadsheet|\[Content_Types\]\.xml"
)
_CAMT = re.compile(r"camt\.05[23]\.|<(\w+:)?BkToCstmr(Stmt|AcctRpt)\b")
_MT940 = re.compile(r"^:(20|25):", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Look:
    """What a first look at a file tells: its kind, and how it is read where that has to be known.

    `kind` is csv, ofx, qif, camt or mt940; `columns` is for CSV and QIF.
    """

    kind: str
    columns: Columns | None = None


def look(source: Source) -> Look:
    """Return what a file is.

    Raises:
        NotStatementError: it is something else.
    """
    kind = kind_of(source)
    if kind == "csv":
        return Look(kind, guess.columns_of(source))
    return Look(kind, qif.layout_of(source) if kind == "qif" else None)


def read(source: Source, found: Look, currency: Currency = unknown) -> Items:
    """Yield all that a file says; `currency` says that of an account for a file that names none.

    Raises:
        FileError: by kind; what was yielded before is as the file has it.
        Interrupted: somebody asked to stop.
    """
    if found.kind == "ofx":
        return ofx.read(source, currency)
    if found.kind == "camt":
        return camt.read(source)
    if found.kind == "mt940":
        return mt940.read(source)
    assert found.columns is not None
    if found.kind == "qif":
        return qif.read(source, found.columns, currency)
    return csv.read(source, found.columns, currency)


def kind_of(source: Source) -> str:
    """Return a file's kind by what is in it, whatever it is called.

    Raises:
        NotStatementError: it is something else.
    """
    _refuse(source)
    text = _text(source.head)
    start = text.lstrip().lower()[:4000]
    for kind, fits in (
        ("ofx", start.startswith("ofxheader") or "<ofx>" in text.lower()),
        ("camt", bool(_CAMT.search(text))),
        ("qif", start.startswith(("!type", "!account", "!option"))),
        ("mt940", (bool(_MT940.search(text)) and ":61:" in text) or ":60F:" in text),
    ):
        if fits:
            return kind
    if start.startswith(("<!doctype html", "<html")):
        raise NotStatementError(source.name, "page")
    if start.startswith("<"):
        raise NotStatementError(source.name, "unknown")
    if len(_CONTROL.findall(text)) > len(text) // 200:
        raise NotStatementError(source.name, "binary")
    return "csv"


def _refuse(source: Source) -> None:
    """Raise for what is no text."""
    head = source.head
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise NotStatementError(source.name, "empty")
    for mark, kind in _OTHERS:
        if head.startswith(mark):
            raise NotStatementError(
                source.name, "spreadsheet" if kind == "zip" and _WORKBOOK.search(head) else kind
            )


def _text(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if head[1::2].count(0) > len(head) // 4:
        return head[: len(head) // 2 * 2].decode("utf-16-le", "replace")
    return (
        head.decode("utf-8-sig", "replace")
        if head.startswith(codecs.BOM_UTF8)
        else head.decode("latin-1")
    )
