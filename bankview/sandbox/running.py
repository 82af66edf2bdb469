"""Starts the whole bank, lets life go on, and closes it again."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from email.utils import formatdate
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from bankview.sandbox import (
    certificates,
    device,
    enable_banking_caller,
    financefeast_front,
    more_banks,
    more_ways,
    open_energy,
    signing_keys,
    stet_certificates,
    uk_keys,
)
from bankview.sandbox.addresses import Addresses
from bankview.sandbox.authorization import AuthorizationServer
from bankview.sandbox.binding import Binding
from bankview.sandbox.books.shelf import Shelf
from bankview.sandbox.calls import Calls
from bankview.sandbox.clients import Clients
from bankview.sandbox.control import Control
from bankview.sandbox.faults import Faults
from bankview.sandbox.folder import Layout, write_profiles
from bankview.sandbox.front import Front
from bankview.sandbox.grants import Grants
from bankview.sandbox.guard import Guard
from bankview.sandbox.issuer_keys import IssuerKeys
from bankview.sandbox.json_api import JsonApi
from bankview.sandbox.listening import HOST, Ports
from bankview.sandbox.messages import Port
from bankview.sandbox.more_grants import MoreGrants
from bankview.sandbox.open_energy import OpenEnergy
from bankview.sandbox.open_energy_tokens import Tokens, registered
from bankview.sandbox.openid import OpenId
from bankview.sandbox.pages import Pages
from bankview.sandbox.proofs import Proofs
from bankview.sandbox.sign_in import SignIn
from bankview.sandbox.sparebank1 import SpareBank1
from bankview.sandbox.sparebank1_shapes import OSLO
from bankview.sandbox.stet_authorization import OAUTH
from bankview.sandbox.stet_front import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.sandbox.folder import Kept
    from bankview.sandbox.sign_in import Door
    from bankview.sandbox.wishes import Wishes

#: Seconds between two things that happen, and that an access token lasts: when life goes on, and when it stands still.
STEP = 20.0
QUICK_TOKEN, STILL_TOKEN = 60, 600
#: Seconds between two looks for a signal.
LOOK = 1.0
#: Seconds by which the faults move the bank's clock.
SKEWS = {"clock-skew": 600, "clock-skew+10": 600, "clock-skew-10": -600}


class Bank:
    """The bank while it is open."""

    def __init__(self, wishes: Wishes, folder: Path) -> None:
        self._wishes, self._layout = wishes, Layout(folder)
        self._closing = threading.Event()
        self._open = ExitStack()
        self._turn = threading.Lock()
        self.faults = Faults()
        self.faults.set_all(wishes.faults)
        self.issuer = ""

    def open(self) -> None:
        """Listen, then write every file.

        Raises:
            PortBusyError: one of the ports is taken.
            UsageError: the folder cannot be used.
        """
        layout = self._layout
        layout.prepare()
        ports = Ports(self._wishes.port)
        self._open.callback(ports.close)
        self.issuer = f"https://{HOST}:{ports.first}"
        certificates.prepare(layout.root, datetime.now(UTC))
        stet_certificates.prepare(layout.root, datetime.now(UTC))
        signing_keys.prepare(layout.root)
        enable_banking_caller.prepare(layout.root)
        uk_keys.prepare(layout.root)
        kept = layout.recall(self._wishes.rows, today())
        shelf = Shelf(layout.books, layout.state, kept.rows, kept.began, today)
        addresses = Addresses(
            self.issuer, f"http://{HOST}:{ports.first + 1}", f"https://{HOST}:{ports.first + 2}"
        )
        front = self._front(shelf, kept, addresses)
        contexts = certificates.contexts(layout.root, Port.API, Port.CERTIFICATE)
        ports.open(front.answer, self._date, contexts)
        shelf.save()
        write_profiles(layout, addresses, kept)
        if not self._wishes.still:
            self._live(shelf)

    def close(self) -> None:
        """Stop everything."""
        self._closing.set()
        self._open.close()

    def _front(self, shelf: Shelf, kept: Kept, addresses: Addresses) -> Front:
        grants = Grants(self._layout.grants, time.time)
        life = STILL_TOKEN if self._wishes.still else QUICK_TOKEN
        clients = Clients(
            kept.secrets,
            (signing_keys.public(self._layout.root),),
            issuer=addresses.issuer,
            self_signed=certificates.self_signed_thumbprint(self._layout.root),
        )
        # A nonce of one server is none of the other, though both listen at one address.
        binding = Binding(Proofs(self.faults, time.time), clients)
        guard = Guard(grants, clients, Proofs(self.faults, time.time), addresses, self.faults)
        server = AuthorizationServer(addresses, clients, grants, self.faults, life, binding)
        keys = IssuerKeys(self._layout.state / "issuer.key", self.faults)
        server.openid = OpenId(addresses.issuer, clients, grants, keys, self.faults)
        more_ways.add(server, clients, keys)
        more = MoreGrants(server, clients, shelf.books, server.openid, keys)
        pages = Pages()
        door = device.DeviceDoor(more.devices, pages, self.faults)
        calls = Calls()
        stet = Plan(
            layout=self._layout,
            addresses=addresses,
            clients=clients,
            faults=self.faults,
            books=shelf.books,
            now=time.time,
            today=today,
            began=kept.began,
            pause=self._closing.wait,
        ).open()
        issuer = f"{addresses.certificate}{open_energy.ROOT}"
        tokens = Tokens(issuer, registered(self._layout.root), life, time.time)
        feast = financefeast_front.opened(
            self._layout.state, addresses, self.faults, time.time, self._closing.wait
        )
        beside = more_banks.opened(
            self._layout,
            addresses,
            shelf.books,
            self.faults,
            time.time,
            today,
            life=life,
            still=self._wishes.still,
        )
        doors: dict[str, Door] = {
            **beside.doors,
            f"{OAUTH}/authorize": stet.server,
            financefeast_front.AUTHORIZE: feast.server,
            device.CHECK: door,
        }
        shown = {("GET", device.PAGE): door.enter, ("GET", device.DONE): door.done}
        return Front(
            server=server,
            sign_in=SignIn(server, shelf.books, pages, time.time, doors, shown),
            api=SpareBank1(shelf.books, guard, self.faults, today),
            stet=stet,
            energy=OpenEnergy(tokens, self.faults, self._closing.wait),
            feast=feast,
            json=JsonApi(guard),
            others=beside.answers,
            control=Control(
                self.faults,
                calls,
                grants,
                lambda: self._step(shelf),
                (stet.grants, tokens, feast.grants, *beside.ended),
            ),
            faults=self.faults,
            calls=calls,
            pause=self._closing.wait,
            keys=keys,
        )

    def _step(self, shelf: Shelf) -> None:
        with self._turn:
            shelf.step()

    def _live(self, shelf: Shelf) -> None:
        def steps() -> None:
            while not self._closing.wait(STEP):
                self._step(shelf)

        thread = threading.Thread(target=steps, daemon=True)
        thread.start()
        self._open.callback(thread.join)

    def _date(self) -> str:
        skew = self.faults.first(*SKEWS)
        return formatdate(time.time() + SKEWS.get(skew, 0), usegmt=True)


def today() -> date:
    """Return the day it is at the bank."""
    return datetime.now(OSLO).date()


def run_until_told(wishes: Wishes, ready: Callable[[str], None]) -> int:
    """Run the bank until SIGTERM or SIGINT; see `bankview.sandbox.run`."""
    with told(signal.SIGTERM, signal.SIGINT) as wait, ExitStack() as stack:
        folder = wishes.folder or Path(stack.enter_context(_temporary()))
        bank = Bank(wishes, folder.absolute())
        stack.callback(bank.close)
        bank.open()
        ready(f"ready {bank.issuer}")
        sys.stdout.flush()
        wait()
    return 0


@contextmanager
def told(*numbers: signal.Signals) -> Iterator[Callable[[], None]]:
    """Take these signals, and yield what waits for the first of them.

    A handler runs between any two instructions of what it interrupts. An Event's lock may be held just then, and would
    be waited for for ever; a SimpleQueue takes what comes whatever goes on.
    """
    heard: SimpleQueue[int] = SimpleQueue()
    before = {number: signal.signal(number, lambda n, _: heard.put(n)) for number in numbers}

    def wait() -> None:
        while True:
            # Windows delivers a signal only between two waits.
            with suppress(Empty):
                heard.get(timeout=LOOK)
                return

    try:
        yield wait
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bankview-sandbox-", ignore_cleanup_errors=True)
