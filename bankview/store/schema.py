"""The ledger's tables, as steps that only grow: the n-th step leads to `PRAGMA user_version` n."""

from __future__ import annotations

#: `tx.id` is the booked day × 2^20 + n, so that the order of rows is the order of days over all accounts; a pending
#: row lies PENDING above its day, and so above everything booked.
DAY = 1 << 20
PENDING = 1 << 42

# `tx` holds what a table shows and stays narrow, because sums and sorting read all of it; the rest of a row lies in
# `detail`, the bank's own answer in `raw`. What a person writes belongs to `detail.text_id`: `tx.id` moves with its day.
STEPS: tuple[str, ...] = (
    """
    CREATE TABLE connection(
      id TEXT PRIMARY KEY, bank_id TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, created_at REAL,
      consent_ends REAL, last_attempt REAL, last_success REAL, not_before REAL, problem TEXT NOT NULL,
      position INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE account(
      id INTEGER PRIMARY KEY AUTOINCREMENT, connection_id TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
      currency TEXT NOT NULL, number TEXT NOT NULL, iban TEXT NOT NULL, type TEXT NOT NULL, balance INTEGER,
      available INTEGER, owner TEXT NOT NULL, own_name TEXT NOT NULL DEFAULT '', hidden INTEGER NOT NULL DEFAULT 0,
      position INTEGER NOT NULL, last_success REAL, problem TEXT NOT NULL DEFAULT '',
      unread INTEGER NOT NULL DEFAULT 0, row_count INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE tx(
      id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account(id), amount INTEGER NOT NULL,
      balance INTEGER, payee TEXT NOT NULL, description TEXT NOT NULL, category TEXT NOT NULL
    ) STRICT;
    CREATE INDEX tx_account ON tx(account_id, id, amount, balance);
    CREATE INDEX tx_amount ON tx(amount);
    CREATE INDEX tx_payee ON tx(payee COLLATE NOCASE, id DESC);
    CREATE INDEX tx_category ON tx(category COLLATE NOCASE, id DESC);
    CREATE TABLE detail(
      id INTEGER PRIMARY KEY REFERENCES tx(id) ON DELETE CASCADE ON UPDATE CASCADE, account_id INTEGER NOT NULL,
      text_id TEXT NOT NULL, value_on INTEGER, transacted_on INTEGER, counterparty TEXT NOT NULL,
      raw_text TEXT NOT NULL, reference TEXT NOT NULL, balance_after INTEGER, original INTEGER,
      original_currency TEXT, bank_id TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX detail_text_id ON detail(text_id, account_id);
    CREATE TABLE raw(
      id INTEGER PRIMARY KEY REFERENCES tx(id) ON DELETE CASCADE ON UPDATE CASCADE, answer BLOB NOT NULL
    ) STRICT;
    CREATE TABLE doc(id INTEGER PRIMARY KEY, s TEXT NOT NULL) STRICT;
    CREATE VIRTUAL TABLE search USING fts5(s, content='doc', content_rowid='id', tokenize='trigram', detail='none');
    CREATE TABLE staging(
      seq INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, facts TEXT NOT NULL, digest BLOB NOT NULL,
      answer BLOB NOT NULL, doc TEXT NOT NULL
    ) STRICT;
    CREATE INDEX staging_account ON staging(account_id, seq);
    CREATE TABLE call(
      connection_id TEXT NOT NULL, account_id INTEGER NOT NULL, endpoint TEXT NOT NULL, attended INTEGER NOT NULL,
      at REAL NOT NULL
    ) STRICT;
    CREATE INDEX call_at ON call(connection_id, at);
    """,
    """
    CREATE TABLE unreadable(account_id INTEGER NOT NULL, at REAL NOT NULL, why TEXT NOT NULL, answer BLOB NOT NULL) STRICT;
    """,
    "ALTER TABLE connection ADD COLUMN access_ends REAL;",
    # `tx.category` is the person's where there is one, and the bank's lies in `detail` then; `tx.marks` is 1 for a note,
    # 2 for a checkmark. `held` remembers what a bank said of a row while it was pending: `gone` since it no longer
    # does. `pair` says which booked row came of which pending one, with the words of both before they were joined.
    f"""
    ALTER TABLE tx ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE detail ADD COLUMN bank_category TEXT;
    CREATE TABLE words(
      account_id INTEGER NOT NULL, text_id TEXT NOT NULL, note TEXT NOT NULL, tags TEXT NOT NULL, category TEXT NOT NULL,
      checked INTEGER NOT NULL, PRIMARY KEY(account_id, text_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE held(
      account_id INTEGER NOT NULL, text_id TEXT NOT NULL, first_seen REAL NOT NULL, day INTEGER NOT NULL,
      gone REAL, facts TEXT NOT NULL, PRIMARY KEY(account_id, text_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE pair(
      account_id INTEGER NOT NULL, pending_id TEXT NOT NULL, booked_id TEXT NOT NULL,
      state TEXT NOT NULL CHECK(state IN ('linked', 'suggested', 'declined')), at REAL NOT NULL,
      words TEXT NOT NULL DEFAULT '', PRIMARY KEY(account_id, pending_id, booked_id)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX pair_pending ON pair(account_id, pending_id) WHERE state = 'linked';
    CREATE UNIQUE INDEX pair_linked ON pair(account_id, booked_id) WHERE state = 'linked';
    CREATE INDEX pair_booked ON pair(account_id, booked_id);
    INSERT INTO held SELECT t.account_id, d.text_id, coalesce(a.last_success, 0), t.id % {PENDING} / {DAY}, NULL,
      json_array(t.id, t.account_id, a.currency, t.amount, t.payee, t.description, t.category, d.text_id, d.value_on,
        d.transacted_on, d.counterparty, d.raw_text, d.reference, d.balance_after, d.original, d.original_currency,
        d.bank_id, NULL)
      FROM tx t JOIN detail d ON d.id = t.id JOIN account a ON a.id = t.account_id WHERE t.id >= {PENDING};
    """,
    """
    CREATE TABLE progress(
      account_id INTEGER PRIMARY KEY, at REAL NOT NULL, reached INTEGER, cursor TEXT NOT NULL, seq INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE proof(
      account_id INTEGER PRIMARY KEY, openings TEXT NOT NULL, proven_on INTEGER NOT NULL, difference INTEGER NOT NULL,
      noticed REAL, first_day INTEGER
    ) STRICT;
    ALTER TABLE detail ADD COLUMN rate TEXT;
    DELETE FROM staging;
    """,
    # From here on answers may be packed by what they have in common (`answers.py`), which no older version reads.
    """
    DROP TABLE staging;
    CREATE TABLE staging(
      seq INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, facts TEXT NOT NULL, answer BLOB NOT NULL, doc TEXT NOT NULL
    ) STRICT;
    CREATE INDEX staging_account ON staging(account_id, seq);
    DELETE FROM progress;
    """,
    # `tx.category` is the one in force: the person's, else a rule's, else the bank's; `tx.marks` says whose (`rows.py`).
    # `named` is what rules call the payee. A transfer hangs on text ids, as a person's words do. Sums over all rows are
    # read from indexes that hold all they need, in the order of their groups.
    """
    CREATE TABLE rule(
      id INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER NOT NULL, text TEXT NOT NULL, whole INTEGER NOT NULL,
      direction TEXT NOT NULL, low INTEGER, high INTEGER, account_id INTEGER, category TEXT NOT NULL, payee TEXT NOT NULL
    ) STRICT;
    CREATE TABLE named(
      id INTEGER PRIMARY KEY REFERENCES tx(id) ON DELETE CASCADE ON UPDATE CASCADE, payee TEXT NOT NULL
    ) STRICT;
    CREATE TABLE refused(
      payee TEXT NOT NULL, category TEXT NOT NULL, PRIMARY KEY(payee, category)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE transfer(
      out_account INTEGER NOT NULL, out_id TEXT NOT NULL, in_account INTEGER NOT NULL, in_id TEXT NOT NULL,
      state TEXT NOT NULL CHECK(state IN ('linked', 'suggested', 'declined')), at REAL NOT NULL,
      PRIMARY KEY(out_account, out_id, in_account, in_id)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX transfer_out ON transfer(out_account, out_id) WHERE state = 'linked';
    CREATE UNIQUE INDEX transfer_linked ON transfer(in_account, in_id) WHERE state = 'linked';
    CREATE INDEX transfer_in ON transfer(in_account, in_id);
    DROP INDEX tx_payee;
    CREATE INDEX tx_payee ON tx(payee COLLATE NOCASE, id DESC, account_id, amount, marks);
    CREATE INDEX tx_filed ON tx(marks, account_id, id, amount);
    CREATE INDEX tx_balance ON tx(coalesce(balance, -4611686018427387904));
    CREATE INDEX tx_free ON tx(category, id, account_id, amount, marks) WHERE category > '' AND marks >> 8 & 255 = 0;
    UPDATE tx SET marks = marks | 8 WHERE id IN (SELECT d.id FROM words w JOIN detail d ON d.text_id = w.text_id
      AND d.account_id = w.account_id WHERE w.category > '');
    """,
    # A bit of `tx.marks` says that a row came since the person looked; such rows are few. `saved` are searches that a
    # person gave a name: what they look for is nobody else's business, and belongs with what it finds.
    """
    CREATE INDEX tx_new ON tx(id) WHERE marks & 32;
    CREATE TABLE saved(name TEXT PRIMARY KEY COLLATE NOCASE, asked TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
    # Rows that were kept before classifications were, and whose bank calls them transfers: place 31 in the tree.
    """
    UPDATE tx SET marks = marks | (31 << 8) | (31 << 16)
      WHERE category IN ('Overføringer', 'OVERFØRINGER') AND category > '' AND marks >> 8 & 255 = 0 AND marks & 24 = 0;
    """,
    # What each run brought, a line an account, so that a person can look up what happened while they did not look.
    """
    CREATE TABLE diary(
      id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, connection_id TEXT NOT NULL, bank TEXT NOT NULL,
      account TEXT NOT NULL, attended INTEGER NOT NULL, sent INTEGER NOT NULL, new INTEGER NOT NULL,
      changed INTEGER NOT NULL, settled INTEGER NOT NULL, said TEXT NOT NULL
    ) STRICT;
    """,
    # The first day of a fetch in which a bank left something out, as an ordinal; nothing once an answer was whole.
    """
    ALTER TABLE account ADD COLUMN lacking INTEGER;
    """,
    # Rows whose text in the search does not say yet what they say (`late.py`).
    """
    CREATE TABLE late(
      id INTEGER PRIMARY KEY REFERENCES tx(id) ON DELETE CASCADE ON UPDATE CASCADE
    ) STRICT;
    """,
    # Files that were imported, the rows that each brought (with facts where it is asked whether they are new), what is
    # read of a file that is not imported yet, and how the person told us to read columns.
    """
    CREATE TABLE import(
      id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, file TEXT NOT NULL, done INTEGER NOT NULL,
      new INTEGER NOT NULL DEFAULT 0, known INTEGER NOT NULL DEFAULT 0, uncertain INTEGER NOT NULL DEFAULT 0,
      before TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE imported(
      account_id INTEGER NOT NULL, text_id TEXT NOT NULL, import_id INTEGER NOT NULL, facts TEXT,
      PRIMARY KEY(account_id, text_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX imported_by ON imported(import_id);
    CREATE TABLE incoming(
      seq INTEGER PRIMARY KEY, import_id INTEGER NOT NULL, place INTEGER NOT NULL, day INTEGER NOT NULL,
      facts TEXT NOT NULL, answer BLOB NOT NULL, doc TEXT NOT NULL, words TEXT NOT NULL
    ) STRICT;
    CREATE INDEX incoming_day ON incoming(import_id, place, day, seq);
    CREATE TABLE layout(fingerprint TEXT PRIMARY KEY, columns TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
    # The day from which on an account's rows make up what it holds, as an ordinal, where a person keeps it by hand; and
    # what a file says of rows that were taken for others, beside their facts, so that they can come after all.
    """
    ALTER TABLE account ADD COLUMN opened INTEGER;
    ALTER TABLE imported ADD COLUMN answer BLOB;
    """,
)
