"""The same transactions as the files of other programs, written as each program writes them itself."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ACCOUNTS, PAYEES, DAYS = 12, 500, 3650
#: The first account has this share of all rows.
FIRST = 0.3
BEGIN = date(2016, 1, 1).toordinal()


class Row(NamedTuple):
    """One transaction; `amount` in minor units."""

    day: int
    account: int
    amount: int
    payee: int
    text: str


def rows(count: int) -> Iterator[Row]:
    """Return so many rows, oldest first, the same each time."""
    chance = random.Random(3)
    for number in range(count):
        account = 0 if chance.random() < FIRST else chance.randrange(1, ACCOUNTS)
        amount = -chance.randrange(100, 200_000)
        day = BEGIN + number * DAYS // count
        yield Row(day, account, amount, chance.randrange(PAYEES), f"purchase {number}")


def homebank(path: Path, count: int) -> None:
    """Write HomeBank's file."""
    with path.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0"?>\n<homebank v="1.4" d="050600">\n')
        out.write('<properties title="Bench" curr="1" auto_smode="1" auto_weekday="1"/>\n')
        out.write(
            '<cur key="1" iso="NOK" name="Krone" symb="kr" dchar="," gchar=" " frac="2" rate="1"/>\n'
        )
        for key in range(1, ACCOUNTS + 1):
            out.write(
                f'<account key="{key}" pos="{key}" type="1" curr="1" name="Account {key}"/>\n'
            )
        for key in range(1, PAYEES + 1):
            out.write(f'<pay key="{key}" name="Payee {key}"/>\n')
        for row in rows(count):
            out.write(
                f'<ope date="{row.day}" amount="{Decimal(row.amount).scaleb(-2)}" account="{row.account + 1}"'
                f' payee="{row.payee + 1}" wording="{row.text}"/>\n'
            )
        out.write("</homebank>\n")


def gnucash(path: Path, count: int) -> None:
    """Write GnuCash's uncompressed XML file."""
    names = ("gnc", "act", "book", "cd", "cmdty", "slot", "split", "trn", "ts")
    spaces = " ".join(f'xmlns:{name}="http://www.gnucash.org/XML/{name}"' for name in names)
    money = "<{0}><cmdty:space>CURRENCY</cmdty:space><cmdty:id>NOK</cmdty:id></{0}>"
    ids = [f"{key:032x}" for key in range(1, ACCOUNTS + 3)]
    with path.open("w", encoding="utf-8") as out:
        out.write(f'<?xml version="1.0" encoding="utf-8" ?>\n<gnc-v2 {spaces}>\n')
        out.write('<gnc:count-data cd:type="book">1</gnc:count-data>\n<gnc:book version="2.0.0">\n')
        out.write(f'<book:id type="guid">{99:032x}</book:id>\n')
        out.write(f'<gnc:count-data cd:type="account">{len(ids)}</gnc:count-data>\n')
        out.write(f'<gnc:count-data cd:type="transaction">{count}</gnc:count-data>\n')
        kinds = ["ROOT", *["BANK"] * ACCOUNTS, "EXPENSE"]
        for key, (guid, kind) in enumerate(zip(ids, kinds, strict=True)):
            parent = f'<act:parent type="guid">{ids[0]}</act:parent>' if key else ""
            out.write(
                f'<gnc:account version="2.0.0"><act:name>Account {key}</act:name>'
                f'<act:id type="guid">{guid}</act:id><act:type>{kind}</act:type>'
                f"{money.format('act:commodity')}<act:commodity-scu>100</act:commodity-scu>{parent}</gnc:account>\n"
            )
        for number, row in enumerate(rows(count)):
            out.write(_gnucash_row(number, row, ids, money.format("trn:currency")))
        out.write("</gnc:book>\n</gnc-v2>\n")


def _gnucash_row(number: int, row: Row, ids: list[str], currency: str) -> str:
    day = f"<ts:date>{date.fromordinal(row.day)} 10:59:00 +0000</ts:date>"
    splits = "".join(
        f'<trn:split><split:id type="guid">{(number * 4 + side):032x}</split:id>'
        f"<split:reconciled-state>n</split:reconciled-state><split:value>{amount}/100</split:value>"
        f'<split:quantity>{amount}/100</split:quantity><split:account type="guid">{ids[account]}'
        "</split:account></trn:split>"
        for side, amount, account in ((2, row.amount, row.account + 1), (3, -row.amount, -1))
    )
    return (
        f'<gnc:transaction version="2.0.0"><trn:id type="guid">{(number * 4 + 1) << 64:032x}</trn:id>{currency}'
        f"<trn:date-posted>{day}</trn:date-posted><trn:date-entered>{day}</trn:date-entered>"
        f"<trn:description>{row.text}</trn:description><trn:splits>{splits}</trn:splits></gnc:transaction>\n"
    )


def kmymoney(path: Path, count: int) -> None:
    """Write KMyMoney's XML file."""
    place = '<ADDRESS street="" city="" county="" state="" zip="" zipcode="" telephone=""/>'
    own = [f"A{key:06}" for key in range(1, ACCOUNTS + 2)]
    tops = {"Asset": 9, "Liability": 10, "Expense": 13, "Income": 12, "Equity": 16}
    with path.open("w", encoding="utf-8") as out:
        out.write(
            '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE KMYMONEY-FILE>\n<KMYMONEY-FILE>\n'
        )
        out.write(
            '<FILEINFO><CREATION_DATE date="2016-01-01"/><LAST_MODIFIED_DATE date="2026-01-01"/>'
        )
        out.write('<VERSION id="1"/><FIXVERSION id="5"/></FILEINFO>\n')
        out.write(f'<USER name="" email="">{place}</USER><INSTITUTIONS count="0"/>\n')
        out.write(f'<PAYEES count="{PAYEES}">\n')
        for key in range(PAYEES):
            out.write(
                f'<PAYEE id="P{key + 1:06}" name="Payee {key}" reference="" email="" matchingenabled="0">{place}</PAYEE>\n'
            )
        out.write(f'</PAYEES><TAGS count="0"/>\n<ACCOUNTS count="{len(tops) + len(own)}">\n')
        for name, kind in tops.items():
            children = {"Asset": own[:-1], "Expense": own[-1:]}.get(name, [])
            inside = "".join(f'<SUBACCOUNT id="{child}"/>' for child in children)
            out.write(
                _kmymoney_account(
                    f"AStd::{name}", name, "", kind, f"<SUBACCOUNTS>{inside}</SUBACCOUNTS>"
                )
            )
        for key, ident in enumerate(own):
            parent, kind = ("AStd::Asset", 1) if ident != own[-1] else ("AStd::Expense", 13)
            out.write(_kmymoney_account(ident, f"Account {key + 1}", parent, kind, ""))
        out.write(f'</ACCOUNTS>\n<TRANSACTIONS count="{count}">\n')
        for number, row in enumerate(rows(count)):
            out.write(_kmymoney_row(number, row, own))
        out.write("</TRANSACTIONS>\n")
        out.write('<KEYVALUEPAIRS><PAIR key="kmm-baseCurrency" value="NOK"/></KEYVALUEPAIRS>\n')
        out.write('<SCHEDULES count="0"/><SECURITIES count="0"/>\n<CURRENCIES count="1">')
        out.write(
            '<CURRENCY id="NOK" name="Norwegian Krone" symbol="kr" type="3" pp="4" saf="100" scf="100"'
        )
        out.write(' rounding-method="7"/></CURRENCIES>\n')
        out.write(
            '<PRICES count="0"/><REPORTS count="0"/><BUDGETS count="0"/><ONLINEJOBS count="0"/>\n'
        )
        out.write("</KMYMONEY-FILE>\n")


def _kmymoney_account(ident: str, name: str, parent: str, kind: int, inside: str) -> str:
    return (
        f'<ACCOUNT id="{ident}" name="{name}" parentaccount="{parent}" type="{kind}" currency="NOK" institution=""'
        f' lastmodified="" lastreconciled="" opened="2016-01-01" number="" description="">{inside}</ACCOUNT>\n'
    )


def _kmymoney_row(number: int, row: Row, own: list[str]) -> str:
    day = date.fromordinal(row.day)
    splits = "".join(
        f'<SPLIT id="S{side:04}" account="{account}" value="{amount}/100" shares="{amount}/100" price="1/1" action=""'
        f' bankid="" number="" reconcileflag="0" reconciledate="" memo="{row.text}" payee="P{row.payee + 1:06}"/>'
        for side, amount, account in ((1, row.amount, own[row.account]), (2, -row.amount, own[-1]))
    )
    return (
        f'<TRANSACTION id="T{number + 1:018}" postdate="{day}" entrydate="{day}" memo="" commodity="NOK">'
        f"<SPLITS>{splits}</SPLITS></TRANSACTION>\n"
    )


def journal(path: Path, count: int) -> None:
    """Write the journal that hledger and ledger read."""
    with path.open("w", encoding="utf-8") as out:
        for row in rows(count):
            out.write(
                f"{date.fromordinal(row.day)} Payee {row.payee} | {row.text}\n"
                f"    assets:account{row.account + 1}    {Decimal(row.amount).scaleb(-2)} NOK\n    expenses\n\n"
            )


#: Programs with a window: the file that each opens, and who writes it.
WINDOWS: dict[str, tuple[str, Callable[[Path, int], None]]] = {
    "homebank": ("bench.xhb", homebank),
    "kmymoney": ("bench.xml", kmymoney),
    "gnucash": ("bench.gnucash", gnucash),
}


#: GnuCash's own settings: no picture, question or tip before its data.
_GNUCASH = """[org/gnucash/GnuCash/general]
show-splash-screen=false

[org/gnucash/GnuCash/dialogs/new-user]
first-startup=false

[org/gnucash/GnuCash/dialogs/tip-of-the-day]
show-at-startup=false
"""
#: What makes programs of GNOME read their settings from the file that `ready` writes.
ENVIRONMENT = {"GSETTINGS_BACKEND": "keyfile"}


def ready(home: Path, file: Path) -> None:
    """Put away what a program would ask about before it shows the file's data, locks of one that was ended among it."""
    settings = home / ".config" / "glib-2.0" / "settings" / "keyfile"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_GNUCASH, "utf-8")
    for lock in file.parent.glob(f"{file.name}.*L[CN]K"):
        lock.unlink()
