"""The banks and services that stand beside the invented one, each below a root of its own, over the same books."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bankview.sandbox import (
    berlin,
    bunq,
    enable_banking,
    gocardless,
    monzo,
    uk_keys,
    uk_open_banking,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from bankview.sandbox.addresses import Addresses
    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.control import Expiring
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.folder import Layout
    from bankview.sandbox.messages import Answer, Request
    from bankview.sandbox.sign_in import Door


class MoreBanks(NamedTuple):
    """What answers below each root, the doors to their pages, and what can be made to end."""

    answers: dict[str, Callable[[Request], Answer]]
    doors: dict[str, Door]
    ended: tuple[Expiring, ...]


def opened(  # noqa: PLR0913 - what they stand on
    layout: Layout,
    addresses: Addresses,
    books: Mapping[str, Books],
    faults: Faults,
    now: Callable[[], float],
    today: Callable[[], date],
    *,
    life: int,
    still: bool,
) -> MoreBanks:
    """Return them as they stood when they closed.

    Args:
        layout: the sandbox's folder.
        addresses: the sandbox's own.
        books: of each customer.
        faults: what goes wrong.
        now: epoch seconds.
        today: the banks' day.
        life: seconds that a token lasts.
        still: nothing happens by itself, and nobody waits.
    """
    state, pages = layout.state, addresses.pages
    enable = enable_banking.opened(layout.root, state, pages, books, faults, now, today)
    cardless = gocardless.opened(state, pages, books, faults, now, today, life)
    # Who stands still waits for nobody; how fast one may come is for tests with a clock of their own.
    pause = 0.0 if still else bunq.PAUSE
    bunq_bank = bunq.opened(state, books["household"], now, pause=pause, crowd=10 * bunq.CROWD)
    group = berlin.opened(state, pages, books, faults, now, today)
    mondo = monzo.opened(state, books, faults, now)
    key = uk_keys.public(layout.root)
    british = uk_open_banking.opened(
        state, key, addresses, books, faults, now, today=today, life=life
    )
    return MoreBanks(
        {
            enable_banking.ROOT: enable.answer,
            gocardless.ROOT: cardless.answer,
            bunq.ROOT: bunq_bank.answer,
            berlin.ROOT: group.answer,
            monzo.ROOT: mondo.answer,
            uk_open_banking.ROOT: british.answer,
        },
        {
            enable_banking.PAGE: enable.sessions,
            gocardless.PAGE: cardless.requisitions,
            berlin.PAGE: group.consents,
            monzo.AUTHORIZE: mondo.server,
            f"{uk_open_banking.ROOT}/oauth/authorize": british.server,
        },
        (
            enable.sessions,
            cardless.tokens,
            cardless.requisitions,
            bunq_bank.doors,
            group.consents,
            mondo.server,
            british.server.grants,
            british.consents,
        ),
    )
