"""Which notice bars a situation calls for: pure, from errors and facts to words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.domain.connection import State
from bankview.errors import (
    CertificateChangedError,
    KeychainError,
    OfflineError,
    RateLimitedError,
    SignInNeededError,
)
from bankview.sentences import say
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.notice import Notice
from bankview.words import amount_text, difference_text, long_day_text, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from bankview.domain.connection import Connection
    from bankview.sync.refresh import AccountReport, Report

#: Days before a consent's end on which a bar says so.
SOON = 7


def home_bar(error: BaseException) -> Notice:
    """Return the bar for what keeps the home closed; it cannot be dismissed."""
    said = say(error)
    picture = "key" if isinstance(error, KeychainError) else "warning"
    return Notice(
        "home", "attention", picture, said.title, said.detail, said.button, dismissible=False
    )


def damage_bar(error: BaseException) -> Notice:
    """Return the bar for a ledger that was damaged and repaired."""
    said = say(error)
    return Notice("damage", "attention", "warning", said.title, said.detail)


def certificate_bars(
    connections: Iterable[Connection], ending: Mapping[str, str]
) -> tuple[Notice, ...]:
    """Return a bar for each connection whose certificate ends soon; `ending` has the sentences by connection."""
    return tuple(
        Notice(
            f"certificate:{one.id}",
            "soon",
            "shield",
            ending[one.id],
            tr("{bank} answers only who shows a valid one.", bank=one.name),
            tr("Replace…"),
        )
        for one in connections
        if one.id in ending
    )


def bank_bars(
    connections: Iterable[Connection], reports: Iterable[Report], now: datetime
) -> tuple[Notice, ...]:
    """Return the bars of all banks: sign in again, access that ends soon, and what an asked-for update met."""
    consent = [bar for connection in connections if (bar := _consent_bar(connection, now))]
    signed_out = {bar.id for bar in consent}
    failures = [
        bar
        for report in reports
        if (bar := _report_bar(report)) and f"sign-in:{report.connection_id}" not in signed_out
    ]
    return (*consent, *failures)


def difference_bars(
    found: Iterable[AccountReport], today: date, *, masked: bool = False
) -> tuple[Notice, ...]:
    """Return a bar for each account whose rows turned out not to add up to its balance."""
    return tuple(
        Notice(
            f"differs:{one.account_id}:{one.proof.difference}",
            "notice",
            "info",
            difference_text(
                MASK if masked else amount_text(one.proof.missing(one.currency)),
                one.proof.first_day,
                today=today,
                label=one.label,
            ),
            tr(
                "Bankview has looked further back for the row that is missing, and goes on looking."
            ),
        )
        for one in found
        if one.proof and one.proof.differs and one.proof.first_day
    )


def _consent_bar(connection: Connection, now: datetime) -> Notice | None:
    ends = min(filter(None, (connection.consent_ends, connection.access_ends)), default=None)
    if connection.state is State.SIGN_IN or (connection.state is State.OK and ends and ends <= now):
        changed = connection.problem == CertificateChangedError.__name__
        needed = CertificateChangedError if changed else SignInNeededError
        said = say(needed(connection.name), connection.name)
        detail = said.detail
        if connection.last_success:
            day = long_day_text(connection.last_success.astimezone().date())
            detail = tr("Your data is still here, last updated {day}.", day=day)
        id_ = f"sign-in:{connection.id}"
        return Notice(
            id_, "attention", "warning", said.title, detail, said.button, dismissible=False
        )
    if connection.state is State.OK and ends and (ends - now).days < SOON:
        title = tr(
            "Access to {bank} ends on {day}.",
            bank=connection.name,
            day=long_day_text(ends.astimezone().date()),
        )
        detail = tr("It takes a minute in your browser.")
        return Notice(f"renew:{connection.id}", "soon", "clock", title, detail, tr("Renew now"))
    return None


def _report_bar(report: Report) -> Notice | None:
    error = report.error or next(
        (account.error for account in report.accounts if account.error), None
    )
    if error is not None:
        said = say(error, report.bank_name)
        kind = "hourglass" if isinstance(error, RateLimitedError) else "server"
        picture = "offline" if isinstance(error, OfflineError) else kind
        return Notice(
            f"update:{report.connection_id}",
            "notice",
            picture,
            said.title,
            said.detail,
            tr("Try again"),
        )
    if report.skipped:
        title = tr_n(
            "{bank}: {n} row could not be read.",
            "{bank}: {n} rows could not be read.",
            len(report.skipped),
            bank=report.bank_name,
        )
        detail = tr(
            "What the bank sent is kept. “Send us what your bank answers” helps to mend it."
        )
        return Notice(f"skipped:{report.connection_id}", "notice", "info", title, detail)
    if report.partial or report.told:
        title = tr("{bank} could not read everything.", bank=report.bank_name)
        codes = ", ".join(report.partial)
        rest = tr("It says: {codes}. What it did send is here.", codes=codes) if codes else ""
        detail = " ".join(filter(None, (*report.told, rest or tr("What it did send is here."))))
        return Notice(
            f"update:{report.connection_id}", "notice", "info", title, detail, tr("Try again")
        )
    return None
