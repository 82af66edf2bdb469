"""The real parts of an end-to-end story: the app as a command, the invented bank as a process, and its books."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import ssl
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.request import Request, urlopen

from bankview.keychain.vault import Vault
from bankview.paths import Paths
from tests.processes import Process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Facts = tuple[str, Decimal, str]

ROOT = Path(__file__).parents[2]
#: Seconds after which a command counts as hung; never a time that a test waits for.
DEADLINE = 120
PASSPHRASE = "correct horse battery staple"


class Row(NamedTuple):
    """A booked transaction as bank and export can both tell it."""

    account: str
    booked_on: str
    value_on: str
    amount: Decimal
    currency: str
    description: str


def light_home(folder: Path) -> Path:
    """Return a home whose vault opens without the work that each guess of its passphrase takes."""
    vault = Vault(Paths.of(folder).vault, PASSPHRASE, limit=DEADLINE, cost=1)
    vault.write("nothing", "yet")
    vault.delete("nothing")
    return folder


def surroundings(home: Path) -> dict[str, str]:
    """Return what the environment holds for a light home: its passphrase, and no root certificates to read."""
    (home.parent / "no-roots.pem").touch()
    return {
        "BANKVIEW_PASSPHRASE": PASSPHRASE,
        "SSL_CERT_FILE": str(home.parent / "no-roots.pem"),
        "SSL_CERT_DIR": str(home.parent),
    }


@dataclass(frozen=True)
class App:
    """A command that starts the app, and what it is always given."""

    command: tuple[str, ...] = (sys.executable, "-m", "bankview")
    flags: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def in_home(cls, folder: Path, **environment: str) -> Self:
        """Return the app with a home of its own, and more in its environment."""
        flags = ("--home", str(light_home(folder)), "--secrets", "passphrase")
        return cls(flags=flags, environment={**surroundings(folder), **environment})

    def process(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> Process:
        """Start the app with these arguments; both outputs are kept apart."""
        return Process(
            [*self.command, *arguments, *self.flags],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command to its end and return its output; any other exit code than `code` is a failure."""
        with self.process(*arguments) as process:
            out, err = process.communicate(timeout=DEADLINE)
        assert process.returncode == code, (
            f"{arguments} ended with {process.returncode}:\n{out}{err}"
        )
        return out

    def rows(self, path: Path) -> list[Facts]:
        """Export everything to a Standard CSV, and return what it says of each row."""
        self.run("export", "--preset", "standard", "-o", str(path))
        return facts(exported(path.read_bytes()))

    def as_browser(self, customer: str = "household") -> str:
        """Return the scripted visitor as a `--browser` command."""
        return shlex.join([*self.command, "sandbox", "visit", "--as", customer])


@dataclass(frozen=True)
class Bank:
    """The invented bank as it runs: its folder and its issuer."""

    folder: Path
    issuer: str

    def profile(self, name: str = "sparebank1-household") -> Path:
        """Return the profile file that the sandbox wrote under this name."""
        return self.folder / "profiles" / f"{name}.toml"

    def expire(self) -> None:
        """End every access that the bank gave."""
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        url = f"{self.issuer}/_sandbox/expire"
        with urlopen(Request(url, data=b"", method="POST"), context=context):
            pass

    def books(self, customer: str = "household") -> list[Row]:
        """Return the booked rows of its own ledger, sorted."""
        books = json.loads((self.folder / "books" / f"{customer}.json").read_text("utf-8"))
        numbers = {account["id"]: account["number"] for account in books["accounts"]}
        return sorted(
            Row(
                numbers[row["account"]],
                row["booked_on"],
                row["value_on"] or "",
                Decimal(row["amount"]),
                row["currency"],
                row["description"],
            )
            for row in books["transactions"]
            if row["status"] == "booked"
        )


@contextmanager
def bank(app: App, folder: Path, *flags: str) -> Iterator[Bank]:
    """Run the invented bank as a process of its own until the story is told."""
    with App(app.command, environment=app.environment).process(
        "sandbox", "--port", "0", "--dir", str(folder), *flags
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("ready "), process.stderr and process.stderr.read()
            yield Bank(folder, line.split()[1])
        finally:
            process.terminate()
            process.communicate(timeout=DEADLINE)


def facts(rows: Iterable[Row]) -> list[Facts]:
    """Return day, amount and currency of rows, sorted: what is the same whatever bank and app call the rest."""
    return sorted((row.booked_on, row.amount, row.currency) for row in rows)


def exported(content: bytes) -> list[Row]:
    """Return the rows of a Standard CSV in its own order."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
    return [
        Row(
            row["account_bban"] or row["account_iban"],
            row["booking_date"],
            row["value_date"],
            Decimal(row["amount"]),
            row["currency"],
            row["description"],
        )
        for row in rows
    ]


def connected_ids(output: str) -> Sequence[str]:
    """Return the lines of a command's output that carry something; the last one of `connect` is the ID."""
    return [line for line in output.splitlines() if line.strip()]
