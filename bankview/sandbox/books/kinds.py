"""The kinds of business that rows are, and the shops where an invented person spends money."""

from __future__ import annotations

from typing import NamedTuple

from bankview.sandbox.books.row import Kind

GROCERIES = Kind("R_710", "Varer", "5411", ("Mat og drikke", "Dagligvarer"))
CAFE = Kind("R_710", "Varer", "5814", ("Mat og drikke", "Kafé"))
RESTAURANT = Kind("R_710", "Varer", "5812", ("Mat og drikke", "Restaurant"))
TRANSIT = Kind("R_710", "Varer", "4111", ("Transport", "Kollektivt"))
FUEL = Kind("R_710", "Varer", "5541", ("Transport", "Drivstoff"))
CLOTHES = Kind("R_710", "Varer", "5651", ("Klær", "Klær og sko"))
HOME = Kind("R_710", "Varer", "5712", ("Bolig", "Interiør"))
HEALTH = Kind("R_710", "Varer", "5912", ("Helse", "Apotek"))
LEISURE = Kind("R_710", "Varer", "5941", ("Fritid", "Sport"))
MEDIA = Kind("R_710", "Varer", "5815", ("Fritid", "Underholdning"))
TRAVEL = Kind("R_710", "Varer", "4511", ("Reise", "Reise"))
ABROAD = Kind("R_720", "Visa utland", "5999", ("Reise", "Utlandet"))
REFUND = Kind("R_715", "Retur", "5651", ("Klær", "Klær og sko"))
VIPPS_OUT = Kind("R_730", "Vipps", "", ("Ukategorisert", "Ukategorisert"))
VIPPS_IN = Kind("R_731", "Vipps", "", ("Ukategorisert", "Ukategorisert"))
SALARY = Kind("R_110", "Lønn", "", ("Inntekt", "Lønn"))
INCOME = Kind("R_120", "Innbetaling", "", ("Inntekt", "Annet"))
BILL = Kind("PAYHTGRA", "AvtaleGiro", "", ("Bolig", "Faste utgifter"))
RENT = Kind("R_230", "Fast betaling", "", ("Bolig", "Husleie"))
TRANSFER = Kind("R_260", "Overføring", "", ("Overføringer", "Egne kontoer"))
CARD_BILL = Kind("R_914", "Kredittkortbetaling", "", ("Overføringer", "Egne kontoer"))
FEE = Kind("R_810", "Gebyr", "", ("Gebyrer", "Bank"))
INTEREST = Kind("R_820", "Renter", "", ("Inntekt", "Renter"))
OPENING = Kind("R_100", "Åpning", "", ("Overføringer", "Egne kontoer"))


class Shop(NamedTuple):
    """A shop, what a visit costs (in minor units, from and to), and how often it is the one that is chosen."""

    name: str
    kind: Kind
    low: int
    high: int
    weight: int


FOOD = (
    Shop("REMA 1000 TORSHOV", GROCERIES, 8_900, 89_000, 34),
    Shop("KIWI 505 SAGENE", GROCERIES, 4_900, 62_000, 26),
    Shop("COOP EXTRA STORO", GROCERIES, 12_000, 124_000, 14),
    Shop("MENY BJØLSEN", GROCERIES, 9_900, 78_000, 9),
    Shop("JOKER ILADALEN", GROCERIES, 2_900, 24_000, 8),
    Shop("HAGEN FRUKT & GRØNT", GROCERIES, 3_500, 19_000, 5),
    Shop("BLÅFJELL BAKERI", GROCERIES, 3_900, 16_500, 6),
)
COFFEE = (
    Shop("KAFFEBRENNEREN NEDRE FOSS", CAFE, 4_500, 13_900, 10),
    Shop("LITEN LØKKE KAFÉ", CAFE, 3_900, 18_900, 8),
    Shop("KANTINE NORDVIK", CAFE, 4_900, 9_800, 14),
    Shop("ISKIOSKEN ØST", CAFE, 3_500, 9_500, 2),
)
CARD = (
    Shop("BYBILEN DRIVSTOFF", FUEL, 38_000, 98_000, 8),
    Shop("LOFT INTERIØR AS", HOME, 14_900, 289_000, 6),
    Shop("SKOGSTI SPORT", LEISURE, 19_900, 249_900, 6),
    Shop("ULL & LIN TEKSTIL", CLOTHES, 19_900, 149_900, 9),
    Shop("BARNEKLÆR.EXAMPLE", CLOTHES, 14_900, 89_900, 6),
    Shop("APOTEKET ELVELANGS", HEALTH, 5_900, 69_900, 10),
    Shop("TRATTORIA DEL PONTE", RESTAURANT, 29_800, 128_000, 8),
    Shop("SUSHI & SÅNT", RESTAURANT, 24_900, 78_500, 7),
    Shop("NORDLYS KINO", MEDIA, 14_000, 58_000, 6),
    Shop("BØKER & BLEKK", MEDIA, 12_900, 59_900, 8),
    Shop("FJORDFERGENE AS", TRAVEL, 8_200, 46_000, 4),
    Shop("POLARFLY 7F2Q9", TRAVEL, 69_900, 389_000, 2),
    Shop("JERNIA SANDAKER", HOME, 9_900, 99_900, 7),
    Shop("TANNLEGE HOLM; OSLO", HEALTH, 95_000, 310_000, 1),
)
STUDENT = (
    Shop("KIWI 331 MOHOLT", GROCERIES, 2_900, 34_000, 30),
    Shop("REMA 1000 LERKENDAL", GROCERIES, 4_900, 39_000, 24),
    Shop("SIT KANTINE", CAFE, 3_900, 8_900, 20),
    Shop("ATB MOBILLETT", TRANSIT, 2_200, 4_700, 14),
    Shop("STUDENTSAMFUNDET", RESTAURANT, 4_900, 28_000, 8),
    Shop("AKADEMISK BOKHANDEL", MEDIA, 19_900, 129_000, 3),
    Shop("BRUKT & FIN", CLOTHES, 7_900, 49_900, 4),
)


class Trip(NamedTuple):
    """Days away (month, day, how many days), what is spent there, and what a unit costs in hundredths of a krone."""

    month: int
    day: int
    days: int
    currency: str
    rate: int
    shops: tuple[Shop, ...]


TRIPS = (
    Trip(3, 14, 4, "DKK", 156, (
        Shop("SMØRREBRØD & CO KØBENHAVN", ABROAD, 9_500, 48_000, 5),
        Shop("NYHAVN HOTEL", ABROAD, 119_500, 189_500, 1),
    )),
    Trip(7, 6, 15, "EUR", 1164, (
        Shop("CAFE ALMEDA LISBOA", ABROAD, 450, 4_890, 6),
        Shop("MERCADO DA RIBEIRA", ABROAD, 890, 7_650, 4),
        Shop("COMBOIOS SUL", ABROAD, 320, 5_600, 3),
    )),
    Trip(9, 26, 3, "GBP", 1342, (
        Shop("THE KETTLE & CROWN LONDON", ABROAD, 680, 6_450, 4),
        Shop("OYSTER LANE BOOKS", ABROAD, 899, 4_999, 2),
    )),
    Trip(11, 8, 5, "JPY", 7, (
        Shop("KONBINI HIGASHIYAMA KYOTO", ABROAD, 240, 3_980, 5),
        Shop("RYOKAN MOMIJI", ABROAD, 18_500, 42_000, 1),
    )),
)  # fmt: skip

FRIENDS = ("Ida Berg", "Jonas Haug", "Amina Nur", "Sindre Moe", "Åse Kvam", "Per-Øyvind Strøm")
MESSAGES = ("pizza", "takk for sist =)", "bursdag 🎂", "halve dugnadskassa", "bensin til hytta", "")
