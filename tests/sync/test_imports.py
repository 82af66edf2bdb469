"""Files that come into a real ledger: what is new, what is known, what is asked, and taking it back."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from babel import Locale

from bankview import language
from bankview.domain.account import Account
from bankview.domain.connection import Connection, State
from bankview.domain.money import Money
from bankview.domain.proof import Proof
from bankview.domain.transaction import Status, Transaction
from bankview.errors import (
    FileCutError,
    FileDamagedError,
    FileUnclearError,
    Interrupted,
    NotStatementError,
    OtherAccountError,
    OtherCurrencyError,
    UsageError,
)
from bankview.export import presets
from bankview.paths import Paths
from bankview.store import connections, ledger, links, proofs, story, view, words
from bankview.store import imports as kept
from bankview.sync import by_hand, decisions, imports
from bankview.sync.home import Home
from bankview.sync.targets import Chosen
from bankview.ui import deeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.sync.imports import Plan

    Write = Callable[..., Path]

STATEMENTS = Path(__file__).parents[1] / "files" / "statements"
FILES = sorted(path for path in STATEMENTS.iterdir() if path.suffix != ".txt")
HEADER = "Date;Text;Amount;Balance\n"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """An empty home in memory."""
    with closing(Home.open(Paths.of(tmp_path / "home"), "memory")) as made:
        yield made


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file."""

    def written(text: str | bytes, name: str = "rows.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def row(day: int, minor: int, text: str, **more: Any) -> Transaction:
    facts = {"id": f"{day}-{minor}-{text}", "raw": b"{}", **more}
    return Transaction("k", Status.BOOKED, date(2026, 3, day), Money(minor, "NOK"), text, **facts)


def bank(home: Home, *rows: Transaction, **more: Any) -> Account:
    """Connect an account of a bank that has sent these rows."""
    with closing(home.database()) as db:
        connections.save_connection(db, Connection("bank", "bank", "Bank"))
        facts = {"currency": "NOK", "number": "12345678903", "connection_id": "bank", **more}
        account = connections.save_account(db, Account("k", "Daily", **facts))
        ledger.publish(db, account, ledger.Changes(insert=rows), home.now())
    return account


def bring(home: Home, path: Path, chosen: Chosen | None = None, *said: str) -> Plan:
    plan = imports.prepare(home, path, chosen or Chosen(new="Mine"), said)
    return imports.commit(home, plan)


def counts(plan: Plan) -> tuple[int, int, int]:
    return plan.new, plan.known, plan.uncertain


def rows_of(home: Home) -> list[Transaction]:
    with closing(home.database()) as db:
        return list(view.transactions(db, view.Filter()))


def accounts_of(home: Home) -> tuple[Account, ...]:
    with closing(home.database()) as db:
        return connections.accounts(db)


def test_a_file_of_no_known_account_makes_one_that_no_bank_is_asked_about(home: Home) -> None:
    plan = bring(home, STATEMENTS / "de-sparkasse.csv")
    assert counts(plan) == (3, 0, 0)
    (account,) = accounts_of(home)
    assert (account.label, account.iban) == ("Mine", "DE02120300000000202051")
    with closing(home.database()) as db:
        (connection,) = connections.connections(db)
    assert connection.state is State.FILES
    assert not connection.is_fetched


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_same_file_again_brings_nothing(home: Home, path: Path) -> None:
    said = () if path.suffix in {".ofx", ".sta", ".940", ".xml", ".mt940"} else ("currency=EUR",)
    first = bring(home, path, None, *said)
    assert first.new == first.rows > 0
    before = rows_of(home)
    again = bring(home, path, None, *said) if accounts_of(home)[0].number else None
    again = again or bring(home, path, Chosen(accounts_of(home)[0].id), *said)
    assert counts(again) == (0, first.new, 0)
    assert rows_of(home) == before


def test_what_the_bank_sent_is_known_whatever_it_wrote_around_the_name(
    home: Home, write: Write
) -> None:
    account = bank(home, row(2, -41260, "REMA 1000 GRØNLAND", bank_id="7001"))
    path = write(HEADER + "02.03.2026;Varekjøp REMA 1000 GRØNLAND Dato 01.03;-412,60;\n")
    plan = bring(home, path, Chosen(account.id))
    assert counts(plan) == (0, 1, 0)
    assert [one.description for one in rows_of(home)] == ["REMA 1000 GRØNLAND"]


def test_the_third_of_three_equal_rows_is_new_where_two_are_known(home: Home, write: Write) -> None:
    account = bank(home, row(2, -3000, "Kiosk", id="a"), row(2, -3000, "Kiosk", id="b"))
    path = write(HEADER + "02.03.2026;KIOSK;-30,00;\n" * 3)
    assert counts(bring(home, path, Chosen(account.id))) == (1, 2, 0)
    assert len(rows_of(home)) == 3


def test_the_same_amount_under_another_name_is_asked_and_not_merged(
    home: Home, write: Write
) -> None:
    account = bank(home, row(2, -3000, "Kiosk"))
    plan = bring(home, write(HEADER + "02.03.2026;Vipps Kari;-30,00;\n"), Chosen(account.id))
    assert counts(plan) == (0, 0, 1)
    old, new = sorted(rows_of(home), key=lambda one: one.description)
    with closing(home.database()) as db:
        assert story.story(db, new).others == (old,)
        assert story.story(db, old).others == (new,)
        assert links.oriented(db, account.id, (old.id, new.id)) == (new.id, old.id)


def test_one_that_is_the_same_goes_and_is_known_from_then_on(home: Home, write: Write) -> None:
    account = bank(home, row(2, -3000, "Kiosk"))
    path = write(HEADER + "02.03.2026;Vipps Kari;-30,00;\n")
    bring(home, path, Chosen(account.id))
    old, new = sorted(rows_of(home), key=lambda one: one.description)
    with closing(home.database()) as db:
        words.change(db, account.id, new.id, note="cake")
        assert links.accept(db, account.id, (new.id, old.id), home.now())
    assert [(one.description, one.words.note) for one in rows_of(home)] == [("Kiosk", "cake")]
    assert counts(bring(home, path, Chosen(account.id))) == (0, 1, 0)
    with closing(home.database()) as db:
        assert links.undo(db, account.id, old.id, home.now())
    assert len(rows_of(home)) == 2


def test_balances_are_right_again_when_a_row_of_a_file_goes(home: Home, write: Write) -> None:
    account = bank(home, row(1, -100, "Old"), row(2, -3000, "Kiosk"), balance=Money(10_000, "NOK"))
    bring(home, write(HEADER + "02.03.2026;Vipps Kari;-30,00;\n"), Chosen(account.id))
    old, new = sorted(rows_of(home)[1:], key=lambda one: one.description)
    with closing(home.database()) as db:
        links.accept(db, account.id, (new.id, old.id), home.now())
        assert db.run("SELECT balance FROM tx ORDER BY id") == [(13_000,), (10_000,)]


def test_days_apart_with_the_same_text_is_asked(home: Home, write: Write) -> None:
    account = bank(home, row(2, -3000, "Kiosk"))
    path = write(HEADER + "05.03.2026;Kiosk;-30,00;\n")
    assert counts(bring(home, path, Chosen(account.id))) == (0, 0, 1)


@pytest.mark.parametrize("chunk", [2, 5000])
def test_overlapping_files_bring_each_row_once(
    home: Home, write: Write, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(kept, "CHUNK", chunk)
    one = HEADER + "".join(f"{day:02}.03.2026;Shop {day};-1,00;\n" for day in range(1, 21))
    two = HEADER + "".join(f"{day:02}.03.2026;Shop {day};-1,00;\n" for day in range(28, 9, -1))
    bring(home, write(one), None, "currency=NOK")
    own = accounts_of(home)[0].id
    assert counts(bring(home, write(two, "two.csv"), Chosen(own))) == (8, 11, 0)
    assert [row.booked_on.day for row in rows_of(home)] == list(range(1, 29))


def test_no_row_of_ours_is_taken_twice_where_a_file_is_read_in_parts(
    home: Home, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "CHUNK", 1)
    account = bank(home, row(4, -3000, "Kiosk"))
    path = write(HEADER + "03.03.2026;Kiosk;-30,00;\n04.03.2026;Kiosk;-30,00;\n")
    assert counts(bring(home, path, Chosen(account.id))) == (1, 1, 0)


@pytest.mark.parametrize("seed", range(3))
def test_what_comes_is_what_was_shown_before_however_a_file_is_read_in_parts(
    home: Home, write: Write, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(kept, "CHUNK", 7)
    chance = Random(seed)

    def text(first: int) -> str:
        days = sorted(first + chance.randrange(20) for _ in range(60))
        shops, amounts = ("Rema Oslo", "Kiwi", "Rema"), (-1, -2)
        lines = (
            f"{date(2026, 3, 1) + timedelta(day)};{chance.choice(shops)};{chance.choice(amounts)}\n"
            for day in days
        )
        return "Date;Text;Amount\n" + "".join(lines)

    account = bank(home)
    bring(home, write(text(0), "one.csv"), Chosen(account.id))
    path = write(text(12), "two.csv")
    monkeypatch.setattr(decisions, "SHOWN", 60)
    plan = imports.prepare(home, path, Chosen(account.id))
    assert plan.uncertain
    kinds = (kept.NEW, kept.KNOWN, kept.UNCERTAIN)
    every = [[one.row for one in plan.shown if one.state == kind] for kind in kinds]
    assert tuple(map(len, every)) == counts(plan)
    assert [one.row.booked_on for one in plan.shown] == sorted(
        one.row.booked_on for one in plan.shown
    )
    monkeypatch.setattr(decisions, "SHOWN", 3)
    few = imports.prepare(home, path, Chosen(account.id))
    assert [[one.row for one in few.shown if one.state == kind] for kind in kinds] == [
        rows[:3] for rows in every
    ]
    imports.discard(home, few)
    assert counts(imports.commit(home, plan)) == counts(plan)
    assert counts(imports.prepare(home, path, Chosen(account.id))) == (0, 60, 0)


def test_two_ids_of_the_banks_files_are_two_rows(home: Home, write: Write) -> None:
    text = (STATEMENTS / "us-ofx1.ofx").read_text()
    bring(home, STATEMENTS / "us-ofx1.ofx")
    other = write(text.replace("<FITID>202603310", "<FITID>202603319"), "other.ofx")
    assert counts(bring(home, other)) == (1, 1, 0)


def test_rows_of_a_day_lie_in_the_banks_order_whichever_end_it_begins_at(
    home: Home, write: Write
) -> None:
    text = "Date;Text;Amount\n03.03.2026;C;-3\n02.03.2026;B;-2\n02.03.2026;A;-1\n"
    bring(home, write(text), None, "currency=NOK")
    with closing(home.database()) as db:
        assert db.run("SELECT description FROM tx ORDER BY id") == [("A",), ("B",), ("C",)]


def test_what_waits_at_the_bank_is_asked_about_when_a_file_has_it_booked(
    home: Home, write: Write
) -> None:
    account = bank(home)
    waits = row(2, -3000, "Kiosk").but(status=Status.PENDING)
    with closing(home.database()) as db:
        ledger.publish(db, account, ledger.Changes(pending=(waits,)), home.now())
    bring(home, write(HEADER + "03.03.2026;KIOSK OSLO;-30,00;\n"), Chosen(account.id))
    booked, pending = rows_of(home)
    with closing(home.database()) as db:
        assert story.story(db, booked).others == (pending,)


def test_a_row_of_the_bank_is_not_changed_by_a_file(home: Home, write: Write) -> None:
    account = bank(home, row(2, -3000, "Kiosk", payee="Kiosk AS", category="Food"))
    before = rows_of(home)
    bring(
        home, write("Date;Text;Category;Amount\n02.03.2026;KIOSK;Other;-30\n"), Chosen(account.id)
    )
    assert rows_of(home) == before


def test_what_the_bank_sends_later_takes_the_place_of_what_a_file_said(
    home: Home, write: Write
) -> None:
    from bankview.sync.merge import account_identity, merge

    account = bank(home, row(1, -100, "Old"))
    bring(home, STATEMENTS / "no-camt02.xml", Chosen(account.id))
    sent = row(5, -120400, "Nettgiro til Strøm AS", id="", bank_id="api-1")
    with closing(home.database()) as db:
        known = ledger.known(db, account.id, date(2026, 3, 5))
        changes = merge(account_identity("bank", account), known, [sent])
        assert not changes.insert
        assert [one.bank_id for one in changes.update] == ["api-1"]


def test_undo_takes_a_whole_import_back_and_the_account_that_it_made(home: Home) -> None:
    plan = bring(home, STATEMENTS / "nl-abn.940")
    assert accounts_of(home)[0].balance == Money(59465, "EUR")
    assert imports.undo(home, plan.id) == 2
    assert rows_of(home) == []
    assert accounts_of(home) == ()
    with pytest.raises(UsageError):
        imports.undo(home, plan.id)


def test_undo_leaves_what_was_there_and_what_the_bank_sent_since(home: Home, write: Write) -> None:
    account = bank(home, row(1, -100, "Old"))
    text = HEADER + "02.03.2026;Two;-2,00;\n03.03.2026;Three;-3,00;\n"
    plan = bring(home, write(text), Chosen(account.id))
    three = rows_of(home)[-1]
    with closing(home.database()) as db:
        sent = three.but(raw=b'{"bank":1}', bank_id="9")
        ledger.publish(db, account, ledger.Changes(update=(sent,)), home.now())
    assert imports.undo(home, plan.id) == 1
    assert [one.description for one in rows_of(home)] == ["Old", "Three"]


def test_what_a_person_wrote_is_there_again_when_the_rows_are(home: Home, write: Write) -> None:
    path = write("Date;Text;Amount\n02.03.2026;Two;-2,00\n")
    account = bank(home)
    plan = bring(home, path, Chosen(account.id))
    with closing(home.database()) as db:
        words.change(db, account.id, rows_of(home)[0].id, note="mine")
    imports.undo(home, plan.id)
    bring(home, path, Chosen(account.id))
    assert rows_of(home)[0].words.note == "mine"


def test_the_newest_file_says_what_an_account_holds(home: Home, write: Write) -> None:
    new = HEADER + "02.03.2026;Two;-2,00;98,00\n"
    old = HEADER + "01.02.2026;One;-1,00;100,00\n"
    bring(home, write(new), None, "currency=NOK")
    (account,) = accounts_of(home)
    bring(home, write(old, "old.csv"), Chosen(account.id))
    assert accounts_of(home)[0].balance == Money(9800, "NOK")


def test_older_rows_are_no_difference_from_the_banks_balance(home: Home, write: Write) -> None:
    account = bank(home, row(9, -100, "Old"))
    proof = Proof((5000,), date(2026, 3, 9))
    with closing(home.database()) as db:
        proofs.save_proof(db, account.id, proof)
    text = "Date;Text;Amount\n02.03.2026;Two;-2,00\n10.03.2026;Later;-7,00\n"
    plan = bring(home, write(text), Chosen(account.id))
    with closing(home.database()) as db:
        assert proofs.proofs(db)[account.id].openings == (5200,)
    imports.undo(home, plan.id)
    with closing(home.database()) as db:
        assert proofs.proofs(db)[account.id] == proof


@pytest.mark.parametrize("kind", ["bank", "by hand"])
def test_a_row_that_was_taken_for_one_of_ours_comes_after_all(
    home: Home, write: Write, kind: str
) -> None:
    ours = row(12, -4900, "Varekjøp Kaffe & co")
    if kind == "bank":
        account = bank(home, ours)
    else:
        with closing(home.database()) as db:
            opened = Account("", "Cash", "NOK", opened=date(2026, 3, 1))
            account = by_hand.keep(db, (opened, Money(0, "NOK")), home.now())
            by_hand.write(db, account.id, ours.id, ours, home.now())
    path = write("Date;Text;Amount\n12.03.2026;Kaffe & co;-49,00\n", "mine.csv")
    plan = bring(home, path, Chosen(account.id))
    assert counts(plan) == (0, 1, 0)
    (found,) = rows_of(home)
    with closing(home.database()) as db:
        told = story.story(db, found)
        assert told.filed
        assert (told.filed.row.description, told.filed.file) == ("Kaffe & co", "mine.csv")
        undo = deeds.take_apart(account.id, found.id, home.now())(db)
        assert len(rows_of(home)) == 2
        assert not story.story(db, found).filed
        before = accounts_of(home)[0].balance
        assert undo
        redo = undo(db)
        assert len(rows_of(home)) == 1
        assert redo
        redo(db)
        assert accounts_of(home)[0].balance == before
        if kind == "by hand":
            assert before == Money(-9800, "NOK")
    assert counts(bring(home, path, Chosen(account.id))) == (0, 1, 0)
    imports.undo(home, plan.id)
    assert [one.id for one in rows_of(home)] == [ours.id]


def test_what_was_said_to_be_the_same_can_be_taken_apart_and_goes_with_its_file(
    home: Home, write: Write
) -> None:
    account = bank(home, row(12, -4900, "Kiosk"))
    plan = bring(home, write("Date;Text;Amount\n12.03.2026;Bakery;-49,00\n"), Chosen(account.id))
    assert counts(plan) == (0, 0, 1)
    with closing(home.database()) as db:
        (asked,) = db.run("SELECT pending_id, booked_id FROM pair")
        links.accept(db, account.id, asked, home.now())
        assert len(rows_of(home)) == 1
        links.undo(db, account.id, asked[1], home.now())
    assert len(rows_of(home)) == 2
    imports.undo(home, plan.id)
    assert [one.description for one in rows_of(home)] == ["Kiosk"]


def test_an_id_of_ours_that_comes_twice_counts_once_before_and_after(
    home: Home, write: Write
) -> None:
    own = "0123456789abcdef" * 2
    lines = [f"2026-03-{day},Tea,-1.50,{name}" for day, name in ((3, own), (4, own), (5, "f" * 32))]
    path = write("\n".join(("Date,Text,Amount,Bankview ID", *lines)))
    plan = imports.prepare(home, path, Chosen(new="Mine"), ["currency=GBP", "own_id=4"])
    assert counts(plan) == (2, 1, 0)
    assert [one.state for one in plan.shown] == [kept.NEW, kept.KNOWN, kept.NEW]
    assert counts(imports.commit(home, plan)) == (2, 1, 0)


def test_a_preview_changes_nothing(home: Home) -> None:
    plan = imports.prepare(home, STATEMENTS / "us-ofx1.ofx", Chosen(new="x"))
    assert counts(plan) == (2, 0, 0)
    imports.discard(home, plan)
    with closing(home.database()) as db:
        assert kept.done(db) == []
        assert db.one("SELECT count(*) FROM incoming") == 0
    assert accounts_of(home) == ()


def test_a_statement_of_another_account_is_said_and_comes_in_only_anyway(home: Home) -> None:
    account = bank(home, number="99999999999")
    path = STATEMENTS / "no-camt02.xml"
    with pytest.raises(OtherAccountError):
        imports.prepare(home, path, Chosen(account.id))
    assert counts(bring(home, path, Chosen(account.id, anyway=True))) == (1, 0, 0)


def test_nobody_can_wish_a_currency_away(home: Home, write: Write) -> None:
    account = bank(home, number="99999999999", currency="EUR")
    path = STATEMENTS / "no-camt02.xml"
    with pytest.raises(OtherCurrencyError):
        imports.prepare(home, path, Chosen(account.id, anyway=True))
    silent = write(path.read_bytes().replace(b"<Ccy>NOK</Ccy>", b""), "silent.xml")
    plan = imports.prepare(home, silent, Chosen(account.id, anyway=True))
    assert (plan.rows, plan.skipped, plan.unread[0].line) == (0, 1, 1)


def test_a_number_is_known_within_an_iban(home: Home) -> None:
    account = bank(home, number="", iban="NO9312345678903")
    assert bring(home, STATEMENTS / "no-camt02.xml").parts[0].account.id == account.id


def test_a_file_of_an_unknown_account_waits_for_the_person(home: Home) -> None:
    with pytest.raises(FileUnclearError) as caught:
        imports.prepare(home, STATEMENTS / "no-camt02.xml")
    assert (caught.value.what, caught.value.example) == ("account", "12345678903")


def test_a_day_that_may_be_a_month_is_asked(home: Home, write: Write) -> None:
    path = write("Date,Text,Amount\n03/04/2026,One,-1.50\n05/04/2026,Two,-2.50\n")
    account = bank(home)
    with pytest.raises(FileUnclearError) as caught:
        imports.prepare(home, path, Chosen(account.id))
    assert (caught.value.what, caught.value.example) == ("order", "03/04/2026")
    bring(home, path, Chosen(account.id), "order=mdy")
    assert [one.booked_on for one in rows_of(home)] == [date(2026, 3, 4), date(2026, 5, 4)]


def test_a_correction_is_remembered_for_files_with_the_same_header(
    home: Home, write: Write
) -> None:
    account = bank(home)
    bring(
        home,
        write("A,B,C\n03/04/2026,One,-1.50\n"),
        Chosen(account.id),
        "date=A",
        "amount=C",
        "order=mdy",
        "description=2",
    )
    bring(home, write("A,B,C\n01/02/2026,Two,-2.50\n", "two.csv"), Chosen(account.id))
    assert [(one.booked_on, one.description) for one in rows_of(home)] == [
        (date(2026, 1, 2), "Two"),
        (date(2026, 3, 4), "One"),
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"PK\x03\x04....", "zip"),
        (b"PK\x03\x04..xl/workbook.xml", "spreadsheet"),
        (b"\x89PNG\r\n", "picture"),
        (bytes(range(256)) * 40, "binary"),
        (b"<!DOCTYPE html><html>Sign in</html>", "page"),
        (b"Dear customer,\nthank you, we are here, for you.\n", "unknown"),
    ],
    ids=str,
)
def test_what_is_no_statement_is_told_by_what_is_in_it(
    home: Home, write: Write, content: bytes, kind: str
) -> None:
    with pytest.raises(NotStatementError) as caught:
        imports.prepare(home, write(content), Chosen(new="x"))
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    "name", ["us-ofx1.ofx", "gb-ofx2.ofx", "de-camt02.xml", "nl-abn.940", "de-comma.qif"]
)
def test_half_a_statement_brings_nothing(home: Home, write: Write, name: str) -> None:
    whole = (STATEMENTS / name).read_bytes()
    with pytest.raises(FileCutError):
        imports.prepare(home, write(whole[: len(whole) - 40], name), Chosen(new="x"), ())
    assert rows_of(home) == []
    with closing(home.database()) as db:
        assert db.one("SELECT count(*) FROM incoming") == 0


def test_an_xml_file_that_would_grow_is_refused(home: Home, write: Write) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa">]><Document xmlns="camt.053.001.02">&a;</Document>'
    with pytest.raises(FileDamagedError):
        imports.prepare(home, write(bomb, "x.xml"), Chosen(new="x"))


def test_who_stops_it_leaves_no_trace(home: Home, write: Write) -> None:
    text = HEADER + "02.03.2026;Two;-2,00;98,00\n" * 9000

    def staged() -> bool:
        with closing(home.database()) as db:
            return bool(db.one("SELECT count(*) FROM incoming"))

    with pytest.raises(Interrupted):
        imports.prepare(home, write(text), Chosen(new="x"), ("currency=NOK",), stop=staged)
    assert not staged()
    with closing(home.database()) as db:
        assert db.one("SELECT count(*) FROM import") == 0


LANGUAGES = {"en": "en_GB", "nb": "nb_NO", "fr": "fr_FR", "de": "de_DE"}


def exported(home: Home, preset: str, tag: str = "en", status: Any = "all") -> bytes:
    out = io.BytesIO()
    with closing(home.database()) as db:
        accounts = {one.id: one for one in connections.accounts(db)}
        banks = dict.fromkeys(accounts, "Bank")
        rows = view.entries(db, view.Filter(status=status))
        language.use(tag)
        try:
            presets.write(preset, rows, accounts, banks, out, Locale.parse(LANGUAGES[tag]))
        finally:
            language.use("en")
    return out.getvalue()


def household(home: Home) -> None:
    """Two accounts in two currencies, with everything that a file has to get right."""
    own = {
        "transacted_on": date(2026, 3, 1),
        "reference": "0012",
        "counterparty_account": "98765432109",
    }
    first = bank(
        home,
        row(2, -3000, "Kiosk", id="a" * 32),
        row(2, -3000, "Kiosk", id="b" * 32),
        row(3, 4125075, "Lønn; mars\r\nmed tillegg", payee='Fjord "Data", AS', id="c" * 32, **own),
        row(4, -1, "=1+1", payee="-22,00 EUR", original=Money(-2200, "EUR"), id="d" * 32),
        row(5, 0, "@home ÆØÅ 🏦", balance_after=Money(-1, "NOK"), id="e" * 32, bank_id="77"),
    )
    with closing(home.database()) as db:
        account = connections.save_account(
            db, Account("k2", "Dinar", "KWD", number="555", connection_id="bank")
        )
        dinars = [
            row(day, 0, "x", id=f"{day:032}").but(amount=Money(1234, "KWD")) for day in (6, 7)
        ]
        ledger.publish(db, account, ledger.Changes(insert=tuple(dinars)), home.now())
        pending = row(9, -500, "Waits", id="f" * 32).but(status=Status.PENDING)
        changes = ledger.Changes(pending=(pending,))
        ledger.publish(db, first, changes, home.now())
        words.change(db, first.id, "a" * 32, note="=cake", tags=("one", "two"))


@pytest.mark.parametrize(
    ("preset", "tag"), [("standard", "en"), *(("spreadsheet", tag) for tag in LANGUAGES)]
)
def test_what_is_exported_comes_back_without_a_changed_or_doubled_row(
    home: Home, write: Write, preset: str, tag: str
) -> None:
    household(home)
    before = exported(home, "standard")
    plan = imports.prepare(home, write(exported(home, preset, tag)))
    assert counts(plan) == (0, 7, 0)
    assert (plan.skipped, plan.pending) == (0, 1)
    imports.commit(home, plan)
    assert exported(home, "standard") == before


@pytest.mark.parametrize("preset", ["standard", "spreadsheet"])
def test_what_is_exported_fills_an_empty_home(
    home: Home, write: Write, preset: str, tmp_path: Path
) -> None:
    household(home)
    path = write(exported(home, preset, status="booked"))
    with closing(Home.open(Paths.of(tmp_path / "other"), "memory")) as other:
        plan = bring(other, path)
        assert counts(plan) == (7, 0, 0)
        assert plan.skipped == 0
        assert exported(other, preset, status="booked") == path.read_bytes()
