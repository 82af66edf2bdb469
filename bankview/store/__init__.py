"""The ledger on disk, the only truth that a view shows."""
