"""The values that every room speaks in: money, accounts, transactions, connections."""
