"""CSV that machines read back exactly, and that spreadsheets open with a double click."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.account import Account
from bankview.domain.category import place
from bankview.domain.formula import guarded, unguarded
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.domain.words import Words
from bankview.errors import UsageError
from bankview.export import presets
from bankview.export.csv import Quote, on_one_line
from bankview.export.presets import preview, write
from tests.export.conftest import entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.domain.entry import Entry

GOLDEN = Path(__file__).parent / "golden"
ENGLISH, NORWEGIAN = Locale.parse("en_GB"), Locale.parse("nb_NO")
#: The contract: these columns, in this order.
COLUMNS = (
    "account_name,account_iban,account_bban,bank,currency,booking_date,value_date,transaction_date,amount,status,payee,"
    "counterparty_account,description,raw_text,reference,category,tags,notes,balance_after,original_amount,"
    "original_currency,exchange_rate,bank_transaction_id,bankview_id"
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
DAYS = st.dates() | st.none()
MINOR = st.integers(-(10**15), 10**15)
CURRENCIES = st.sampled_from(["NOK", "JPY", "KWD"])

#: What a line or a field may trip over.
ODD = 'a1,; \t\r\n"\v\f\x1c\x1d\x1e\x85\u2028\u2029ø🏦'
FIELDS = st.sampled_from(["a", " a", "a ", "ø"]) | st.text(st.sampled_from(ODD), max_size=3)


@st.composite
def transactions(draw: st.DrawFn, currency: str = "NOK") -> Transaction:
    money = st.builds(Money, MINOR, st.just(currency))
    return Transaction(
        "key",
        draw(st.sampled_from(Status)),
        draw(st.dates()),
        draw(money),
        draw(TEXTS),
        value_on=draw(DAYS),
        transacted_on=draw(DAYS),
        payee=draw(TEXTS),
        counterparty_account=draw(TEXTS),
        raw_text=draw(TEXTS),
        reference=draw(TEXTS),
        category=draw(TEXTS.filter(lambda text: not place(text))),
        balance_after=draw(money | st.none()),
        original=draw(st.builds(Money, MINOR, CURRENCIES) | st.none()),
        bank_id=draw(TEXTS),
        id=draw(TEXTS),
        account_id=1,
    )


def bytes_of(name: str, rows: Any, accounts: Any, banks: Any, locale: Locale = ENGLISH) -> bytes:
    out = io.BytesIO()
    write(name, map(entry, rows), accounts, banks, out, locale)
    return out.getvalue()


def read(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=delimiter, strict=True))


@pytest.mark.parametrize(
    ("name", "locale"),
    [("standard", ENGLISH), ("spreadsheet", ENGLISH), ("spreadsheet", NORWEGIAN)],
    ids=str,
)
def test_a_file_is_what_is_expected(
    name: str, locale: Locale, rows: Any, accounts: Any, banks: Any, update_golden: bool
) -> None:
    content = bytes_of(name, rows, accounts, banks, locale)
    golden = GOLDEN / f"{name}-{locale}.csv"
    if update_golden:
        golden.write_bytes(content)
    assert content == golden.read_bytes()


def test_the_standard_header_is_the_contract(accounts: Any, banks: Any) -> None:
    assert bytes_of("standard", [], accounts, banks) == f"{COLUMNS}\r\n".encode()


def test_the_standard_file_is_the_same_everywhere(rows: Any, accounts: Any, banks: Any) -> None:
    there = bytes_of("standard", rows, accounts, banks, NORWEGIAN)
    assert there == bytes_of("standard", rows, accounts, banks, ENGLISH)


@given(st.data(), CURRENCIES, TEXTS)
def test_the_standard_file_comes_back_exactly(
    data: st.DataObject, currency: str, name: str
) -> None:
    found = data.draw(st.lists(transactions(currency), max_size=4))
    account = Account("key", name, currency, number=name, iban=name, id=1)
    back = read(bytes_of("standard", found, {1: account}, {1: name}))
    assert len(back) == len(found)
    for row, line in zip(found, back, strict=True):
        assert line["amount"] == str(row.amount)
        assert line["booking_date"] == row.booked_on.isoformat()
        assert line["value_date"] == (row.value_on.isoformat() if row.value_on else "")
        assert line["balance_after"] == (str(row.balance_after) if row.balance_after else "")
        assert line["original_amount"] == (str(row.original) if row.original else "")
        assert line["bankview_id"] == on_one_line(row.id)
        assert line["account_bban"] == line["bank"] == on_one_line(name)
        for column in ("description", "payee", "reference", "category", "counterparty_account"):
            assert line[column] == on_one_line(getattr(row, column))


@given(st.lists(transactions(), max_size=4), st.sampled_from([ENGLISH, NORWEGIAN]))
def test_the_spreadsheet_comes_back_when_its_apostrophes_are_taken_off(
    found: list[Transaction], locale: Locale
) -> None:
    account = Account("key", "Konto", "NOK", id=1)
    content = bytes_of("spreadsheet", found, {1: account}, {1: "Bank"}, locale)
    back = read(content, ";" if locale == NORWEGIAN else ",")
    for row, line in zip(found, back, strict=True):
        assert line["Amount"].replace(",", ".") == str(row.amount)
        assert unguarded(line["Description"]) == on_one_line(row.description)
        assert line["Payee"] == guarded(on_one_line(row.payee))
        assert line["Date"] == row.booked_on.isoformat()


@given(st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1), st.sampled_from(",;"))
def test_many_lines_at_once_are_what_each_field_would_be(
    rows: list[list[str]], delimiter: str
) -> None:
    quote = Quote(delimiter)
    slow = "".join(delimiter.join(map(quote.field, fields)) + "\r\n" for fields in rows)
    assert quote.lines(rows) == slow


def test_a_line_break_is_a_blank_before_a_formula_is_looked_for() -> None:
    assert on_one_line("a\r\nb\nc\x0bd\u2028e") == "a b c d e"


def test_rows_are_read_one_by_one_and_never_held(
    make: Callable[..., Transaction], accounts: Any, banks: Any
) -> None:
    written = io.BytesIO()

    def source() -> Iterator[Entry]:
        for number in range(10_000):
            if number == 9_000:
                assert written.tell() > 100_000
            yield entry(make(id=str(number)))

    assert write("standard", source(), accounts, banks, written, ENGLISH) == 10_000


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+SUM(A1)",
        "-cmd",
        "@x",
        "\t=1",
        "\r=1",
        " =1",
        "'=1",
        '"=1',
        "＝1",
        "－x",
        "-1+1",
        "\0=1",
    ],
)
def test_what_a_spreadsheet_would_run_is_kept_from_it(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-249.90", "-249,90", "+4712345678", "-1", "Kiosk", "'tis", "", "1-2", "a=b"]
)
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


@given(TEXTS | st.text("'\"=+-@ \t1.", max_size=8))
def test_an_apostrophe_can_be_taken_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_a_preview_is_the_beginning_of_the_file(rows: Any, accounts: Any, banks: Any) -> None:
    for name in presets.PRESETS:
        whole = bytes_of(name, rows, accounts, banks).decode("utf-8-sig").replace("\r\n", "\n")
        shown = preview(name, map(entry, rows), accounts, banks, ENGLISH, limit=2)
        assert whole.startswith(shown)
        assert shown.count("\n") == 3


def test_a_preset_that_is_not_there_is_said(accounts: Any, banks: Any) -> None:
    with pytest.raises(UsageError, match="spreadsheet, standard"):
        write("xlsx", [], accounts, banks, io.BytesIO(), ENGLISH)


def test_the_persons_words_are_in_the_file(make: Any, accounts: Any, banks: Any) -> None:
    said = Words("For Ann", ("gift", "car"), "Presents")
    row = make(category="Food").but(words=said)
    (line,) = read(bytes_of("standard", [row], accounts, banks))
    assert (line["notes"], line["tags"], line["category"]) == ("For Ann", "gift, car", "Presents")


@pytest.mark.parametrize("name", presets.PRESETS)
def test_a_category_of_the_tree_is_in_the_file_by_its_name(
    name: str, make: Any, accounts: Any, banks: Any
) -> None:
    rows = [make(category=said) for said in ("food.groceries", "Mat", "food.unknown")]
    said = [list(line.values()) for line in read(bytes_of(name, rows, accounts, banks))]
    for line, category in zip(said, ("Groceries", "Mat", "food.unknown"), strict=True):
        assert category in line
