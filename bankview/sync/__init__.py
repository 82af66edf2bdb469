"""The one place where a bank, a token and the store meet."""
