"""Three years of an invented household: salary, rent, food, small things, journeys and what is left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bankview.sandbox.books import kinds
from bankview.sandbox.books.diary import Diary, Note, last_working_day
from bankview.sandbox.books.kinds import FRIENDS, MESSAGES, Shop
from bankview.sandbox.books.row import Account, Customer, Kind, account_number

if TYPE_CHECKING:
    from bankview.sandbox.books.row import Row

CUSTOMER = Customer("household", "Nora", "Lien", "1987-04-12", "20417715", "4 accounts, 3 years")
CURRENT = Account("current", "Brukskonto", account_number("9713104471"))
SAVINGS = Account("savings", "Sparekonto", account_number("9713208815"), product="HOYRENTEKONTO")
CARD = Account("card", "Kredittkort", "K402198", product="KREDITTKORT", credit=6_000_000)
EURO = Account("euro", "Valutakonto EUR", account_number("9713450026"), "EUR", "VALUTAKONTO")
ACCOUNTS = (CURRENT, SAVINGS, CARD, EURO)

DAYS = 3 * 365 + 1
RUTER = Shop("RUTER APPEN", kinds.TRANSIT, 4_200, 4_200, 1)
LANGUAGE_SCHOOL = Shop("ESCOLA DE LÍNGUAS LISBOA", kinds.ABROAD, 4_500, 9_000, 1)
HOTEL = Shop("PENSÃO DO MAR", kinds.TRAVEL, 5_900, 19_800, 1)
#: What leaves every month: day, text, kind, from and to in minor units. Power costs more in winter, see below.
BILLS: tuple[tuple[int, str, Kind, int, int], ...] = (
    (3, "FJORDNETT BREDBÅND AS", kinds.BILL, 64_900, 64_900),
    (5, "TELIA-NÆR MOBIL", kinds.BILL, 39_900, 46_900),
    (8, "TRYGGHET FORSIKRING", kinds.BILL, 118_200, 118_200),
    (10, "STRØMSTØTTE SFO OG BARNEHAGE", kinds.BILL, 200_000, 200_000),
    (15, "LÅNEKASSEN", kinds.BILL, 215_300, 215_300),
    (16, "TRENINGSRIKET MEDLEM", kinds.BILL, 44_900, 44_900),
    (18, "LYDSTRØM PREMIUM", kinds.MEDIA, 12_900, 12_900),
    (22, "SAGENE AVIS", kinds.MEDIA, 24_900, 24_900),
    (28, "Månedspris Visa", kinds.FEE, 2_500, 2_500),
)


def rows(today: date) -> tuple[Row, ...]:
    """Return the household's rows up to `today`, the same ones for the same day."""
    diary = Diary("household", today, DAYS)
    _open(diary)
    for day in diary.days():
        _fixed(diary, day)
        _daily(diary, day)
        _card(diary, day)
        _euro(diary, day)
        _own(diary, day)
    _unsettled(diary)
    return diary.rows()


def _open(diary: Diary) -> None:
    for account, minor in ((CURRENT, 1_824_055), (SAVINGS, 8_500_000), (EURO, 35_000)):
        diary.book(account.id, diary.first, minor, "Åpningssaldo", kinds.OPENING)


def _fixed(diary: Diary, day: date) -> None:
    """Book what comes and goes every month."""
    if day == last_working_day(day.replace(day=20)):
        pay = 3_981_200 + (day.year - diary.first.year) * 118_000
        extra = {6: 1_890_000, 12: 960_000}.get(day.month, 0)
        diary.book(
            CURRENT.id, day, pay + extra, f"Lønn NORDVIK ARKITEKTER AS {day:%m.%Y}", kinds.SALARY,
            payee="Nordvik Arkitekter AS", counterparty="97135611909", message=f"Lønn {day:%m/%Y}",
        )  # fmt: skip
    if day.day == 1:
        rent = 1_345_000 + (day.year - diary.first.year) * 25_000
        diary.book(
            CURRENT.id, day, -rent, "Husleie Solsiden borettslag", kinds.RENT,
            reference="rent", payee="Solsiden borettslag", counterparty="97139900018",
        )  # fmt: skip
        diary.book(
            CURRENT.id, day, 1_200_000, 'Fra Jonas Lien "felles"', kinds.INCOME,
            reference="share", payee="Jonas Lien", message="felles",
        )  # fmt: skip
    if day.day == 12:
        winter = abs(day.month - 6.5) / 6.5
        diary.book(
            CURRENT.id, day, -int(48_000 + 165_000 * winter) - diary.chance.randint(0, 9_900),
            "ELVELANGS KRAFT AS", kinds.BILL, payee="Elvelangs Kraft AS", message="KID 400217733",
        )  # fmt: skip
    for due, text, kind, low, high in BILLS:
        if day.day == due:
            diary.book(CURRENT.id, day, -diary.amount(low, high), text, kind, payee=text.title())


def _daily(diary: Diary, day: date) -> None:
    """Book what a day brings: food, coffee, tickets, small debts between friends."""
    for chance in (0.72, 0.16):
        if diary.happens(chance):
            diary.visit(CURRENT.id, day, kinds.FOOD)
    if day.weekday() < 5 and diary.happens(0.62):
        diary.visit(CURRENT.id, day, kinds.COFFEE)
    if diary.happens(0.3):
        # There and back again: two tickets at one price on one day are two rows, and no mistake.
        for _ in range(diary.chance.choice((1, 2, 2))):
            diary.buy(CURRENT.id, day, RUTER, 4_200)
    if diary.happens(0.26):
        _vipps(diary, day)


def _vipps(diary: Diary, day: date) -> None:
    friend, message = diary.chance.choice(FRIENDS), diary.chance.choice(MESSAGES)
    minor = diary.amount(5_000, 68_000) // 100 * 100
    into = diary.happens(0.38)
    diary.book(
        CURRENT.id, day, minor if into else -minor,
        f"Vipps {'fra' if into else 'til'} {friend} {message}".strip(),
        kinds.VIPPS_IN if into else kinds.VIPPS_OUT, payee=friend, message=message,
    )  # fmt: skip


def _card(diary: Diary, day: date) -> None:
    """Book what the card pays, at home and abroad; now and then a thing goes back to the shop."""
    for trip in kinds.TRIPS:
        away = (day - date(day.year, trip.month, trip.day)).days
        if 0 <= away < trip.days:
            for _ in range(diary.chance.choice((1, 1, 2, 3))):
                diary.buy_abroad(CARD.id, day, trip)
            return
    if diary.happens(0.62):
        bought = diary.visit(CARD.id, day, kinds.CARD)
        if bought.kind is kinds.CLOTHES and diary.happens(0.2) and not bought.pending:
            back = min(diary.today, bought.day + timedelta(days=9))
            diary.book(
                CARD.id, back, -bought.minor, f"RETUR {bought.text}", kinds.REFUND,
                payee=bought.payee,
            )  # fmt: skip


def _euro(diary: Diary, day: date) -> None:
    """Keep some euros, and spend them."""
    if day.day == 7 and day.month % 2:
        cost = 20_000 * 1164 // 100 + diary.chance.randint(-900, 900)
        note = Note(kinds.TRANSFER, "Kjøp av EUR 200.00")
        diary.transfer(day, (CURRENT, cost), (EURO, 20_000), note)
    for shop, chance in ((LANGUAGE_SCHOOL, 0.03), (HOTEL, 0.012)):
        if diary.happens(chance) and diary.balance[EURO.id] > shop.high:
            diary.buy(EURO.id, day, shop, diary.amount(shop.low, shop.high))


def _own(diary: Diary, day: date) -> None:
    """Move money between the household's own accounts, and book the bank's interest."""
    if day.day == 24 and diary.balance[CARD.id] < 0:
        note = Note(kinds.CARD_BILL, "Betaling kredittkort")
        owed = -diary.balance[CARD.id]
        diary.transfer(day, (CURRENT, owed), (CARD, owed), note)
    if day.day == 25:
        spare = (diary.balance[CURRENT.id] - 1_700_000) // 10_000 * 10_000
        if spare > 0:
            diary.transfer(day, (CURRENT, spare), (SAVINGS, spare))
    if diary.balance[CURRENT.id] < 300_000 and diary.balance[SAVINGS.id] > 900_000:
        diary.transfer(day, (SAVINGS, 800_000), (CURRENT, 800_000))
    if (day.month, day.day) == (12, 31):
        for account in (CURRENT, SAVINGS):
            earned = max(0, diary.balance[account.id]) * 21 // 1000 + 17
            diary.book(account.id, day, earned, f"Kreditrenter {day.year}", kinds.INTEREST)


def _unsettled(diary: Diary) -> None:
    """See to it that something is always on its way: bought today, booked on another day."""
    for shop, cost in ((kinds.FOOD[0], 43_790), (RUTER, 4_200), (RUTER, 4_200)):
        diary.await_booking(CURRENT.id, shop, cost)
    diary.await_booking(CARD.id, kinds.CARD[6], 64_800)
