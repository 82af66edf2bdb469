"""The ledger's tables, as steps that only grow: the n-th step leads to `PRAGMA user_version` n."""

from __future__ import annotations

#: `tx.id` is the booked day × 2^20 + n, so that the order of rows is the order of days over all accounts; a pending
#: row lies PENDING above its day, and so above everything booked. A person's own words hang on `text_id`.
DAY = 1 << 20
PENDING = 1 << 42

STEPS: tuple[str, ...] = (
    """
    CREATE TABLE connection(
      id TEXT PRIMARY KEY, bank_id TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, created_at REAL,
      consent_ends REAL, last_attempt REAL, last_success REAL, not_before REAL, problem TEXT NOT NULL,
      position INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE account(
      id INTEGER PRIMARY KEY, connection_id TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
      currency TEXT NOT NULL, number TEXT NOT NULL, iban TEXT NOT NULL, type TEXT NOT NULL, balance INTEGER,
      available INTEGER, owner TEXT NOT NULL, own_name TEXT NOT NULL DEFAULT '', hidden INTEGER NOT NULL DEFAULT 0,
      position INTEGER NOT NULL, last_success REAL, problem TEXT NOT NULL DEFAULT '', unread INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE tx(
      id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
      text_id TEXT NOT NULL UNIQUE, amount INTEGER NOT NULL, currency TEXT NOT NULL, payee TEXT NOT NULL,
      description TEXT NOT NULL, category TEXT NOT NULL, balance INTEGER, value_on INTEGER, transacted_on INTEGER,
      counterparty TEXT NOT NULL, raw_text TEXT NOT NULL, reference TEXT NOT NULL, balance_after INTEGER,
      original INTEGER, original_currency TEXT, bank_id TEXT NOT NULL
    );
    CREATE INDEX tx_account ON tx(account_id, id);
    CREATE INDEX tx_amount ON tx(amount, id);
    CREATE TABLE raw(text_id TEXT PRIMARY KEY, answer BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE doc(id INTEGER PRIMARY KEY, s TEXT NOT NULL);
    CREATE VIRTUAL TABLE search USING fts5(s, content='doc', content_rowid='id', tokenize='trigram', detail='none');
    CREATE TABLE staging(
      seq INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, row BLOB NOT NULL, raw BLOB NOT NULL
    );
    CREATE INDEX staging_account ON staging(account_id, seq);
    CREATE TABLE call(
      connection_id TEXT NOT NULL, account_id INTEGER NOT NULL, endpoint TEXT NOT NULL, attended INTEGER NOT NULL,
      at REAL NOT NULL
    );
    CREATE INDEX call_at ON call(connection_id, at);
    """,
)
