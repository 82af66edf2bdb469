"""Financefeast: prices and figures of companies on New Zealand's exchange, and no accounts."""

from __future__ import annotations

from bankview.banks._bank import Dialect, no_accounts, no_transactions
from bankview.words import tr

#: What is asked about a company by its `ticker`, by the path's first part.
_ABOUT: dict[str, tuple[str, ...]] = {
    "data": ("eod", "intraday", "last", "orderbook", "index"),
    "ta": ("sm-ma", "ep-ma", "macd", "rsi", "adx", "bollinger", "stochastic"),
    "financial": (
        "balance",
        "bonus",
        "capital-reconstruction",
        "cashflow",
        "change-of-class",
        "conversion",
        "delisting",
        "dividend",
        "income",
        "interest",
        "name-change",
        "non-renounceable-rights-issue",
        "rights-subscription",
        "split",
        "tradable-rights-issue",
    ),
    "alternate": ("announcement", "social-sentiment", "cpi"),
    "info": (
        "ticker",
        "ticker/{string}",
        "exchange",
        "exchange/status",
        "social-platform",
        "index",
        "index/{string}",
    ),
    "account": ("usage",),
    "health": ("alive",),
}


def steps(redirect_uri: str) -> tuple[str, ...]:
    """Return how a person gets a key of their own."""
    return (
        tr("Sign in at customer.financefeast.io and copy your API key. It works at once."),
        tr(
            "To sign in without a key, ask Financefeast for an OAuth client with the redirect address {redirect}. "
            "A new client waits for its approval by e-mail.",
            redirect=redirect_uri,
        ),
        tr(
            "The client's secret is yours alone: it stays in your keychain, and none comes with Bankview."
        ),
    )


DIALECT = Dialect(
    "financefeast",
    no_accounts,
    no_transactions,
    headers={"Accept": "application/json"},
    zone="Pacific/Auckland",
    host="api.financefeast.io",
    portal="https://customer.financefeast.io/#creds",
    paths=tuple(f"{first}/{rest}" for first, rests in _ABOUT.items() for rest in rests),
    forbidden="not allowed by your plan",
    steps=steps,
)
