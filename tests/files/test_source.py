"""Files are read in pieces: the first row is there before the last is read, whatever the kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bankview.domain.transaction import Transaction
from bankview.errors import FileDamagedError, FileUnreadableError, Interrupted
from bankview.files import reading
from bankview.files.encoding import encoding_of
from bankview.files.source import Source

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 20_000
OFX = (
    "OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>\n",
    "<STMTTRN><DTPOSTED>20260301<TRNAMT>-1.50<FITID>1<NAME>Tea</STMTTRN>\n",
    "</OFX>",
)
CAMT = (
    (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>X</IBAN></Id>'
        "<Ccy>EUR</Ccy></Acct>"
    ),
    '<Ntry><Amt Ccy="EUR">1.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-01</Dt></BookgDt></Ntry>',
    "</Stmt></BkToCstmrStmt></Document>",
)
KINDS = {
    "csv": ("Date;Text;Amount;Currency\n", "01.03.2026;Tea;-1,50;EUR\n", ""),
    "ofx": OFX,
    "qif": ("!Type:Bank\n", "D13/03/26\nT-1.50\nPTea\n^\n", ""),
    "camt": CAMT,
    "mt940": (
        ":20:S\n:25:1\n:60F:C260301EUR0,00\n",
        ":61:2603010301D1,50NMSC\n:86:Tea\n",
        ":62F:C260301EUR0,00\n",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_row_is_there_long_before_the_last_is_read(kind: str, tmp_path: Path) -> None:
    begin, row, end = KINDS[kind]
    path = tmp_path / "file"
    path.write_text(begin + row * ROWS + end)
    reached = [0]
    source = Source(path, lambda done, _: reached.append(done))
    found = reading.look(source)
    assert found.kind == kind
    reached.clear()
    items = reading.read(source, found, lambda _: "EUR")
    first = next(item for item in items if isinstance(item, Transaction))
    assert str(first.amount) == "-1.50"
    # UTF-8 is looked for in the whole file before.
    assert reached[-1] < source.size / 4
    items.close()  # type: ignore[attr-defined]


def test_a_line_without_an_end_is_no_reason_to_read_it_all(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"x" * 3_000_000)
    reached: list[int] = []
    with pytest.raises(FileDamagedError):
        list(Source(path, lambda done, _: reached.append(done)).lines("utf-8"))
    assert reached[-1] < 2_000_000


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Dato;Beløp", "utf-8"),
        ("Dato;Beløp", "utf-8-sig"),
        ("Dato;Beløp", "utf-16"),
        ("Dato;Beløp", "utf-16-le"),
        ("Buchungstag;Währung;Empfänger;Zahlungen für März", "cp1252"),
        ("Opération;Crédit;à la carte;près de la forêt;où ça", "cp1252"),
        ("Nájem březen – dům č. 5;Příjem;Žluťoučký kůň úpěl ďábelské ódy", "cp1250"),
        ("Дата операції;Сума;Опис;Переказ власних коштів на картку", "cp1251"),
    ],
)
def test_the_characters_are_told_by_mark_or_by_themselves(
    text: str, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes((text + "\n").encode(encoding) * 3)
    if encoding in {"utf-8-sig", "utf-16"}:
        path.write_bytes((f"{text}\n" * 3).encode(encoding))
    assert encoding_of(Source(path)) == encoding


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadableError):
        Source(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "Date;Text;Amount\n01.03.2026;Tea;1" + " " * 100_000 + "x\n" + "01.03.2026;Tea;-1,50\n" * 3,
        "Date;Text;Amount\n01.03.2026;a" + " " * 100_000 + "\x01b;1,50\n",
        "Date;Text;Amount\n" + ("01.03.2026;Tea;" + "1." * 50_000 + "\n") * 3,
        "OFXHEADER:100\n<OFX>\n" + "x\n" * 300_000 + "</OFX>",
        ":20:S\n:25:1\n:60F:C260301EUR0,00\n:61:" + "2603" * 100_000 + "\n:62F:C260301EUR0,00\n",
    ],
    ids=lambda content: content[:12],
)
def test_a_file_made_to_be_slow_is_read_as_any_other(content: str, tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_text(content)
    source = Source(path)
    assert len(list(reading.read(source, reading.look(source), lambda _: "EUR"))) < 9


def test_who_asks_to_stop_is_heard_between_two_pieces(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("Date;Text\n" * 100_000)
    reached: list[int] = []
    source = Source(path, lambda done, _: reached.append(done), lambda: len(reached) > 2)
    with pytest.raises(Interrupted):
        list(source.lines("utf-8"))
    assert reached[-1] < source.size / 2
