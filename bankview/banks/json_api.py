"""Any service that answers JSON: nothing is known of what it says, so that it is for exploring alone."""

from __future__ import annotations

from bankview.banks._bank import Dialect, no_accounts, no_transactions

DIALECT = Dialect("json", no_accounts, no_transactions, paths=("/",))
