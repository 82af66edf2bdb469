"""Open Energy's data providers: files and lists behind a client certificate, and no accounts."""

from __future__ import annotations

from bankview.banks._bank import Dialect, no_accounts, no_transactions

DIALECT = Dialect("open-energy", no_accounts, no_transactions, paths=("/", "json"))
