"""The pages of the dialog that connects a bank, without a bank."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bankview.banks import broken_profiles
from bankview.domain.account import Account
from bankview.domain.connection import Connection
from bankview.domain.money import Money
from bankview.errors import SignInDeniedError
from bankview.sync.front import Show, Step
from bankview.ui.sign_in import Found, SignIn
from bankview.ui.widgets.text import Link
from bankview.ui.windows.certificate_request import CertificateRequest
from bankview.ui.windows.connect import ConnectDialog, Offer
from tests.screenshots.household import NOW
from tests.screenshots.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from bankview.banks import Bank
    from tests.screenshots.stage import Stage

PLAIN, ASKING, LICENSED = "sparebank1-smn", "financefeast", "credit-agricole-paris"
#: A bank that answers at an https address on the person's own computer.
FAR = "enable-banking"
_LINK = (
    "https://api.sparebank1.no/oauth/authorize?client_id=bankview&state=8f2a61c0&finInst=fid-smn"
)


class Quiet(SignIn):
    """A sign-in that says what it is told to say, and does nothing."""

    def start(self, bank: Bank, answers: Mapping[str, str], renewed: str = "") -> None:
        """Begin nothing."""


def dialog(stage: Stage) -> tuple[ConnectDialog, Quiet]:
    """Open the dialog at its first page."""
    home = stage.home
    used = frozenset(one.bank_id for one in stage.viewer.connections)
    broken = broken_profiles(home.paths.banks)
    offer = Offer(home.banks(), broken, home.adopt, "Secret Service", used)
    said = Quiet(home, stage.worker, lambda _: True, stage.window)
    made = ConnectDialog(offer, said, stage.window)
    made.open()
    stage.settle()
    return made, said


def banks(stage: Stage) -> QWidget:
    """The list of banks."""
    return dialog(stage)[0]


def details(bank: str, stage: Stage) -> QWidget:
    """What a bank asks for."""
    made, _ = dialog(stage)
    made.choose(stage.home.bank(bank))
    return made


def sign_in(show: Show, stage: Stage, bank: str = PLAIN) -> QWidget:
    """A step of the sign-in."""
    made, said = dialog(stage)
    made.renew(stage.home.bank(bank), bank)
    said.shown.emit(show)
    return made


def caught(stage: Stage) -> QWidget:
    """What is said before an https address on this computer is listened at."""
    made = sign_in(_WAITS, stage, FAR)
    found = made.findChild(Link, "catch-address")
    assert found
    found.click()
    return made


def refused(stage: Stage) -> QWidget:
    """A sign-in that the person broke off at the bank."""
    made, said = dialog(stage)
    made.renew(stage.home.bank(PLAIN), PLAIN)
    said.failed.emit(SignInDeniedError())
    return made


def accounts(stage: Stage) -> QWidget:
    """The accounts that were found."""
    made, said = dialog(stage)
    made.renew(stage.home.bank(PLAIN), PLAIN)
    known = (("Brukskonto", "42023177045", 4_821_367), ("Sparekonto", "42023188098", 21_248_000))
    found = tuple(
        Account(name, name, "NOK", number, balance=Money(minor, "NOK"), id=place)
        for place, (name, number, minor) in enumerate(known, 1)
    )
    said.found.emit(Found(Connection(PLAIN, PLAIN, "SpareBank 1 SMN", created_at=NOW), found))
    return made


def certificate_request(stage: Stage) -> QWidget:
    """What a licensed provider needs before anything else."""
    made = CertificateRequest(stage.worker, stage.window)
    made.open()
    return made


_WAITS = Show(Step.WAITING, _LINK, browser_opened=True, minutes=5)
_CODE = Show(
    Step.CODE,
    "https://bank.example/device?code=WDJB-MJHT",
    user_code="WDJB-MJHT",
    address="https://bank.example/device",
    seconds=600,
)
_APPROVAL = Show(Step.APPROVAL, message="Bankview 4711", seconds=120)
_IN_APP = Show(Step.APPROVAL, seconds=300, app="Monzo")

SCENES = (
    Scene("Connect", "Banks", banks),
    Scene("Connect", "Details", partial(details, PLAIN)),
    Scene("Connect", "Details with a secret", partial(details, ASKING)),
    Scene("Connect", "Details of a licensed bank", partial(details, LICENSED)),
    Scene("Connect", "In the browser", partial(sign_in, _WAITS)),
    Scene("Connect", "An address to paste", partial(sign_in, _WAITS, bank=FAR)),
    Scene("Connect", "An address to catch", caught),
    Scene("Connect", "Code", partial(sign_in, _CODE)),
    Scene("Connect", "Approval", partial(sign_in, _APPROVAL)),
    Scene("Connect", "Allow in the app", partial(sign_in, _IN_APP)),
    Scene("Connect", "Fetching", partial(sign_in, Show(Step.FETCHING))),
    Scene("Connect", "Refused", refused),
    Scene("Connect", "Accounts", accounts),
    Scene("Connect", "Certificate request", certificate_request),
)
