"""The ledger against a bank that lives: syncs at random moments, killed at random points, with a person who writes."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bankview import keychain
from bankview.domain.connection import Connection
from bankview.domain.money import Money
from bankview.paths import Paths
from bankview.store import answers, connections, links, view, words
from bankview.store.database import Database, open_ledger
from bankview.store.story import story
from bankview.sync.home import Home
from bankview.sync.refresh import refresh
from tests.sync.simulated import START, World, later

if TYPE_CHECKING:
    from bankview.banks import Bank
    from bankview.domain.transaction import Transaction
    from tests.sync.simulated import Books, Facts, Row

KEY = bytes(range(32))
#: Where a run is killed: when a statement that begins like this is about to run, or has just run.
POINTS = (
    "INSERT INTO staging", "BEGIN", "INSERT INTO held", "INSERT OR IGNORE INTO pair", "INSERT OR REPLACE INTO pair",
    "INSERT OR REPLACE INTO words", "DELETE FROM words", "INSERT INTO tx", "INSERT INTO detail", "INSERT INTO search",
    "UPDATE tx SET balance", "UPDATE account", "DELETE FROM staging", "COMMIT", "VACUUM",
)  # fmt: skip
SHOPS = ("REMA 1000", "Circle K", "Bistro", "Kiosk", "Hotel Roma")
#: The shop of which a pending row may vanish.
VANISHING = "Kiosk"
#: A sum that is paid again and again, and what else is paid.
COFFEE = -3900
#: Times three ordinary days in one life; each is many steps in one.
ORDINARY = 2
DAYS = st.integers(0, 6)
PLACE = st.integers(0, 10**6)


class Killed(BaseException):
    """The process is gone; nothing in the app catches it."""


@dataclass
class Trap:
    """Kills at the n-th statement that begins with `point`."""

    point: str = ""
    after: bool = False
    left: int = 0

    def meets(self, sql: str) -> bool:
        if not self.point or not sql.lstrip().startswith(self.point):
            return False
        self.left -= 1
        return self.left < 0


class TrappedDatabase(Database):
    """A real connection to the real file, with a trap in it."""

    trap: Trap

    def run(self, sql: str, values: Any = ()) -> list[Any]:
        found: list[Any] = self._trapped(sql, partial(super().run, sql, values))
        return found

    def run_many(self, sql: str, rows: Any) -> None:
        self._trapped(sql, partial(super().run_many, sql, rows))

    def _trapped(self, sql: str, run: Any) -> Any:
        met = self.trap.meets(sql)
        if met and not self.trap.after:
            raise Killed
        done = run()
        if met:
            raise Killed
        return done


class SimulatedHome(Home):
    """A home with the simulated bank alone, over a real file."""

    def __init__(self, folder: Path, world: World, trap: Trap) -> None:
        super().__init__(Paths.of(folder), keychain.open_keychain("memory"), KEY, self._instant)
        self._world, self._trap = world, trap

    def _instant(self) -> datetime:
        return datetime(*self._world.today.timetuple()[:3], 12, tzinfo=UTC)

    def find_bank(self, bank_id: str) -> Bank | None:
        bank = self._world.bank()
        return bank if bank.id == bank_id else None

    def database(self) -> Database:
        opened = open_ledger(self.paths.ledger, KEY)
        made = TrappedDatabase(opened._connection, opened.path)
        made.trap = self._trap
        return made


class LedgerModel(RuleBasedStateMachine):
    """Whatever happens: the ledger is the bank's books, and every word that a person wrote is there once."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="bankview-model-"))
        self.world, self.trap = World(), Trap()
        self.home = self._open(create=True)
        #: Open all the time, as the window's is.
        self.db = self.home.database()
        #: What each account held when it was last looked at, and each note with the family it was written of.
        self.held: list[Counter[Facts]] = [Counter() for _ in self.world.books]
        self.notes: dict[str, int] = {}
        self.families: dict[str, int] = {}
        self.known: dict[int, int] = {}
        self.apart: set[tuple[str, str]] = set()
        #: Accounts, and days of which something that was bought there vanished.
        self.vanished: set[tuple[str, date]] = set()
        self.count = self.ordinary = 0

    def teardown(self) -> None:
        self.db.close()
        self.home.close()
        shutil.rmtree(self.folder)

    def _open(self, *, create: bool = False) -> Home:
        home = SimulatedHome(self.folder, self.world, self.trap)
        if create:
            home.paths.create()
            open_ledger(home.paths.ledger, KEY, create=True).close()
            with closing(home.database()) as db:
                connections.save_connection(db, Connection("simulated", "simulated", "Bank"))
        return home

    @initialize(ids=st.sampled_from(["stable", "none", "zeros", "session"]))
    def choose_the_bank_s_habit(self, ids: str) -> None:
        self.world.ids = ids

    # -- what happens at the bank ------------------------------------------------------------------------------------

    @rule(days=DAYS)
    def days_go_by(self, days: int) -> None:
        self.world.today += timedelta(days=days)
        self.world.let_go()

    @rule(
        place=PLACE, shop=st.sampled_from(SHOPS), minor=st.integers(101, 99_999), says=st.booleans()
    )
    def something_is_bought(self, place: int, shop: str, minor: int, says: bool) -> None:
        books = self._books(place)
        if shop == VANISHING and (books.name, self.world.today) in self.vanished:
            return
        if shop == "Circle K":
            minor = 100_000
        original = Money(-minor // 11, "EUR") if shop == "Hotel Roma" else None
        self.world.buy(books, -minor, shop, says_bought=says, original=original)

    @rule(place=PLACE, twins=st.integers(1, 3))
    def coffee_is_bought(self, place: int, twins: int) -> None:
        """The same sum at the same shop on the same day: twins."""
        for _ in range(twins):
            self.world.buy(self._books(place), COFFEE, "Kaffebar")

    @precondition(lambda self: any(books.pending for books in self.world.books))
    @rule(place=PLACE, days=st.integers(0, 8), more=st.integers(1, 20))
    def something_is_booked(self, place: int, days: int, more: int) -> None:
        """With another id, another day, another text, and another amount where there is a reason for it."""
        books, row = self._one([row for row in self.world.rows if row.pending], place)
        day = later(row.bought, days, self.world.today)
        minor = {
            "Circle K": -(20_000 + more * 1_111),
            "Bistro": row.minor * (100 + more) // 100,
            "Hotel Roma": row.minor * (100 + more // 3) // 100,
        }.get(row.text, row.minor)
        text = row.text if days % 2 else f"*4021 {row.text.upper()} {row.bought:%d.%m}"
        self.world.book(books, row, day, minor, text)

    @precondition(lambda self: any(books.pending for books in self.world.books))
    @rule(place=PLACE)
    def a_pending_row_vanishes(self, place: int) -> None:
        """It is declined, or given back; alone of its shop and day, as nobody could tell it from a sum that was changed."""
        found = [
            (books, row)
            for books in self.world.books
            for row in books.pending
            if row.text == VANISHING and self._is_alone(books, row)
        ]
        if found:
            books, row = found[place % len(found)]
            books.rows.remove(row)
            self.vanished.add((books.name, row.day))

    @rule(place=PLACE, back=st.integers(0, 7), minor=st.integers(1, 5_000_000))
    def something_comes_in(self, place: int, back: int, minor: int) -> None:
        """Booked at once, and late: on a day that has been fetched already."""
        day = max(START, self.world.today - timedelta(days=back))
        self.world.buy(
            self._books(place), minor, f"Salary {minor}", pending=False, day=day, bought=day
        )

    @precondition(lambda self: any(books.booked for books in self.world.books))
    @rule(place=PLACE, kind=st.sampled_from(["fee", "refund", "reversal"]))
    def a_booked_row_has_a_consequence(self, place: int, kind: str) -> None:
        """A fee with its purchase's id, money that comes back days later, or the row once more with the other sign."""
        books, row = self._one([row for row in self.world.rows if not row.pending], place)
        day = row.day if row.day >= self.world.today - timedelta(days=7) else self.world.today
        if kind == "fee":
            self.world.buy(books, -175, "Fee", pending=False, day=day, bank_id=row.bank_id)
        else:
            when = day if kind == "reversal" else self.world.today
            if row.text == VANISHING and (books.name, when) in self.vanished:
                return
            self.world.buy(books, -row.minor, row.text, pending=False, day=when)

    @rule()
    def access_is_granted_anew(self) -> None:
        self.world.consent_again()

    @rule()
    def the_bank_turns_its_pages_round(self) -> None:
        self.world.newest_first = not self.world.newest_first

    @precondition(lambda self: self.ordinary < ORDINARY)
    @rule(seed=PLACE)
    def ordinary_days_go_by(self, seed: int) -> None:
        """Three days of purchases that are booked soon, a person who writes, and a sync each day."""
        chance = Random(seed)
        self.ordinary += 1
        for _ in range(3):
            for _ in range(2):
                shop, minor = chance.choice(SHOPS), chance.randrange(101, 99_999)
                self.something_is_bought(chance.randrange(2), shop, minor, says=seed % 2 == 0)
            self.the_app_syncs()
            self.the_person_writes(chance.randrange(99), "", checked=False)
            self.days_go_by(1)
            while any(books.pending for books in self.world.books) and chance.random() < 0.6:
                place, days = chance.randrange(99), chance.randrange(4)
                self.something_is_booked(place, days, chance.randrange(1, 20))
        self.the_app_syncs()

    # -- what the person does ----------------------------------------------------------------------------------------

    @rule(place=PLACE, tag=st.sampled_from(["", "car"]), checked=st.booleans())
    def the_person_writes(self, place: int, tag: str, checked: bool) -> None:
        db = self.db
        shown = [row for row in view.transactions(db, view.Filter()) if not row.words.note]
        if not shown:
            return
        row = shown[place % len(shown)]
        self.count += 1
        note = f"note {self.count}"
        self.notes[note] = self._family(db, row)
        said = {"note": note, "tags": [tag], "category": note, "checked": checked}
        words.change(db, row.account_id, row.id, **said)

    @rule(place=PLACE)
    def the_person_answers_a_question(self, place: int) -> None:
        """By the truth, which the person knows."""
        db = self.db
        asked = [
            (row, other)
            for row in view.transactions(db, view.Filter())
            for other in story(db, row).others
        ]
        if not asked:
            return
        row, other = asked[place % len(asked)]
        pending, booked = (row, other) if row.status == "pending" else (other, row)
        pair = pending.id, booked.id
        if self._family(db, row) == self._family(db, other):
            shown = db.one("SELECT count(*) FROM detail WHERE text_id = ?", (pending.id,))
            assert links.accept(db, row.account_id, pair, self.home.now())
            self._look_at_pending(-shown)
        else:
            links.decline(db, row.account_id, pair, self.home.now())
            self.apart.add(pair)

    @rule(place=PLACE)
    def the_person_takes_a_link_apart(self, place: int) -> None:
        db = self.db
        linked = db.run(
            "SELECT account_id, pending_id, booked_id FROM pair WHERE state = 'linked' ORDER BY 2"
        )
        if linked:
            account_id, pending, booked = linked[place % len(linked)]
            there = db.one(
                "SELECT count(*) FROM held WHERE text_id = ? AND gone IS NULL", (pending,)
            )
            assert links.undo(db, account_id, booked, self.home.now())
            self._look_at_pending(there)
            self.apart.add((pending, booked))

    def _look_at_pending(self, more: int) -> None:
        """So many pending rows came into view; what is booked is what it was."""
        before, self.held = self.held, self._accounts()
        assert list(map(booked, self.held)) == list(map(booked, before))
        assert sum(map(Counter.total, self.held)) == sum(map(Counter.total, before)) + more

    # -- what the app does -------------------------------------------------------------------------------------------

    @rule()
    def the_app_syncs(self) -> None:
        report = refresh(self.home, "simulated")
        assert report.error is None
        assert [account.error for account in report.accounts] == [None, None]
        for books, now in zip(self.world.books, self._accounts(), strict=True):
            assert now == self._wanted(books)
        self._check_balances()
        self._learn()

    @rule()
    def the_bank_is_down(self) -> None:
        self.world.down = True
        assert refresh(self.home, "simulated").error is not None
        self.world.down = False
        assert self._accounts() == self.held

    @rule(share=st.integers(1, 3), place=PLACE)
    def the_bank_leaves_something_out(self, share: int, place: int) -> None:
        numbers = [row.number for row in self.world.rows]
        self.world.left_out = frozenset(n for n in numbers if (n + place) % (share + 1) == 0)
        refresh(self.home, "simulated")
        for books, now, before in zip(self.world.books, self._accounts(), self.held, strict=True):
            assert booked(before) <= booked(now) <= booked(before) | booked(books.facts)
        self.world.left_out = frozenset()
        self._learn()

    @rule(point=st.sampled_from(POINTS), after=st.booleans(), left=st.integers(0, 3))
    def the_app_is_killed_while_it_syncs(self, point: str, after: bool, left: int) -> None:
        self.trap.point, self.trap.after, self.trap.left = point, after, left
        with suppress(Killed):
            refresh(self.home, "simulated")
        self.trap.point = ""
        self.db.close()
        self.home = self._open()
        self.db = self.home.database()
        for books, now, before in zip(self.world.books, self._accounts(), self.held, strict=True):
            assert now in (before, self._wanted(books))
        self._learn()

    # -- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def every_word_is_there_once_and_in_its_place(self) -> None:
        db = self.db
        kept = db.run("SELECT note, account_id, text_id FROM words WHERE note <> ''")
        lines = Counter(line for note, _, _ in kept for line in note.split("\n"))
        assert lines == Counter(list(self.notes))
        for row in view.transactions(db, view.Filter()):
            for note in filter(None, row.words.note.split("\n")):
                assert self.notes[note] == self._family(db, row)
            assert not row.words.note or row.words.category in self.notes
            assert not row.words or row.words == words.words_of(db, row.account_id, row.id)

    @invariant()
    def only_what_is_the_same_is_linked(self) -> None:
        db = self.db
        linked = set(db.run("SELECT pending_id, booked_id FROM pair WHERE state = 'linked'"))
        asked = set(db.run("SELECT pending_id, booked_id FROM pair WHERE state = 'suggested'"))
        assert not self.apart & (linked | asked)
        for pending, booked_ in linked:
            assert self.families[pending] == self.families[booked_]

    @invariant()
    def what_is_written_is_found(self) -> None:
        if not self.notes:
            return
        db = self.db
        shown = [row for row in view.transactions(db, view.Filter()) if row.words.note]
        for row in shown[:2]:
            found = view.page(db, view.Filter(text=row.words.note))
            assert view.rowid_of(db, row.id) in {one.rowid for one in found}

    # -- looking at it -----------------------------------------------------------------------------------------------

    def _books(self, place: int) -> Books:
        return self.world.books[place % len(self.world.books)]

    def _is_alone(self, books: Books, row: Row) -> bool:
        """Return whether nothing else was bought at a row's shop on its day, or is booked as of it."""
        shop = [one for one in books.rows if one.text == row.text]
        return sum(row.bought in {one.bought, one.day} for one in shop) == 1

    def _one(self, rows: list[Row], place: int) -> tuple[Books, Row]:
        row = rows[place % len(rows)]
        return next(books for books in self.world.books if row in books.rows), row

    def _accounts(self) -> list[Counter[Facts]]:
        db = self.db
        ids = [account.id for account in connections.accounts(db)]
        rows = list(view.transactions(db, view.Filter()))
        found = [Counter(fact(row) for row in rows if row.account_id == own) for own in ids]
        # The app may have been killed before it knew of them all.
        return found + [Counter() for _ in self.world.books[len(found) :]]

    def _wanted(self, books: Books) -> Counter[Facts]:
        """Return the bank's books without what the person said is booked already."""
        facts = books.facts
        db = self.db
        for (said,) in db.run(
            "SELECT h.facts FROM held h JOIN pair p ON p.account_id = h.account_id AND p.pending_id = h.text_id"
            " JOIN account a ON a.id = h.account_id WHERE p.state = 'linked' AND h.gone IS NULL AND a.name = ?",
            (books.name,),
        ):
            own, _, _, minor, _, text, *_ = json.loads(said)
            facts[True, date.fromordinal(own % (1 << 42) >> 20), minor, text] -= 1
        return +facts

    def _learn(self) -> None:
        """Remember what is in the ledger now, and of which family each row is."""
        self.held = self._accounts()
        db = self.db
        for row in view.transactions(db, view.Filter()):
            self._family(db, row)

    def _family(self, db: Database, row: Transaction) -> int:
        packed = db.one(
            "SELECT r.answer FROM raw r JOIN detail d ON d.id = r.id WHERE d.text_id = ?", (row.id,)
        )
        if packed is not None:
            number = json.loads(answers.unpacked(packed))["n"]
            self.families.setdefault(row.id, self._family_of(number))
        return self.families[row.id]

    def _family_of(self, number: int) -> int:
        self.known |= {row.number: row.family for row in self.world.rows}
        return self.known[number]

    def _check_balances(self) -> None:
        db = self.db
        for account, books in zip(connections.accounts(db), self.world.books, strict=True):
            rows = view.page(db, view.Filter((account.id,), status="booked"), limit=1)
            assert not rows or rows[0].balance == books.balance


def fact(row: Transaction) -> Facts:
    return row.status == "pending", row.booked_on, row.amount.minor, row.description


def booked(facts: Counter[Facts]) -> Counter[Facts]:
    return Counter({fact_: n for fact_, n in facts.items() if not fact_[0]})
