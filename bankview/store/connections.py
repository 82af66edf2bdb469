"""Connections, accounts and the log of calls, as the ledger keeps them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from bankview.domain.account import Account, AccountType
from bankview.domain.connection import Connection, State
from bankview.domain.money import Money
from bankview.language import seen
from bankview.store import index, transfers
from bankview.store.rows import NEW

if TYPE_CHECKING:
    from bankview.store.database import Database

_CONNECTION = "id, bank_id, name, state, created_at, consent_ends, last_attempt, last_success, not_before, access_ends, problem, position"
_ACCOUNT = (
    "key, name, currency, number, iban, type, balance, available, owner, id, connection_id, own_name, hidden, position,"
    " last_success, problem, unread, lacking, opened"
)


def _stamp(instant: datetime | None) -> float | None:
    return instant.timestamp() if instant else None


def _instant(stamp: float | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


def connections(db: Database) -> tuple[Connection, ...]:
    """Return every connection, in the person's order."""
    return tuple(
        map(_connection, db.run(f"SELECT {_CONNECTION} FROM connection ORDER BY position, id"))
    )


def connection(db: Database, connection_id: str) -> Connection | None:
    """Return one connection."""
    rows = db.run(f"SELECT {_CONNECTION} FROM connection WHERE id = ?", (connection_id,))
    return _connection(rows[0]) if rows else None


def _connection(row: Any) -> Connection:
    key, bank, name, state, *stamps, problem, position = row
    created, ends, attempt, success, not_before, access = map(_instant, stamps)
    return Connection(
        key,
        bank,
        seen(name),
        State(state),
        created,
        ends,
        attempt,
        success,
        not_before,
        problem,
        position,
        access,
    )


def save_connection(db: Database, connection: Connection) -> None:
    """Insert or replace a connection."""
    with db.writing():
        put_connection(db, connection)


def put_connection(db: Database, connection: Connection) -> None:
    """Insert or replace a connection, within a transaction."""
    c = connection
    instants = (
        *(c.created_at, c.consent_ends, c.last_attempt, c.last_success),
        *(c.not_before, c.access_ends),
    )
    stamps = map(_stamp, instants)
    db.run(
        f"INSERT INTO connection({_CONNECTION}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
        + ",".join(f" {name} = excluded.{name}" for name in _CONNECTION.split(", ")[1:]),
        (c.id, c.bank_id, c.name, c.state.value, *stamps, c.problem, c.position),
    )


def forget_connection(db: Database, connection_id: str) -> None:
    """Remove a connection with its accounts, rows, raw answers, words and index; their room in the file is overwritten."""
    mine = "SELECT id FROM account WHERE connection_id = ?"
    rows = f"SELECT id FROM tx WHERE account_id IN ({mine})"
    db.run("PRAGMA secure_delete=ON")
    with db.writing():
        transfers.forget(db, [own for (own,) in db.run(mine, (connection_id,))])
        index.remove(db, rows, (connection_id,))
        for table in (
            "rule",
            "staging",
            "unreadable",
            "words",
            "held",
            "pair",
            "progress",
            "proof",
            "imported",
        ):
            db.run(f"DELETE FROM {table} WHERE account_id IN ({mine})", (connection_id,))
        db.run(f"DELETE FROM tx WHERE account_id IN ({mine})", (connection_id,))
        for statement in (
            "DELETE FROM account WHERE connection_id = ?",
            "DELETE FROM call WHERE connection_id = ?",
            "DELETE FROM diary WHERE connection_id = ?",
            "DELETE FROM connection WHERE id = ?",
        ):
            db.run(statement, (connection_id,))
        # The index marks what is gone; only a merge of all its parts drops it.
        db.run("INSERT INTO search(search) VALUES('optimize')")
    db.run("PRAGMA secure_delete=FAST")
    if db.path:
        db.run("PRAGMA wal_checkpoint(TRUNCATE)")


def accounts(db: Database, connection_id: str | None = None) -> tuple[Account, ...]:
    """Return accounts in the person's order, hidden ones included and flagged."""
    where = "WHERE connection_id = :id" if connection_id is not None else ""
    rows = db.run(
        f"SELECT {_ACCOUNT} FROM account {where} ORDER BY position, id",
        {"id": connection_id} if where else (),
    )
    return tuple(map(_account, rows))


def _account(row: Any) -> Account:
    key, name, currency, number, iban, kind, balance, available, owner, *ours = row
    own_id, connection_id, own_name, hidden, position, last, problem, unread, *days = ours
    return Account(
        key,
        seen(name),
        currency,
        number,
        iban,
        AccountType(kind),
        None if balance is None else Money(balance, currency),
        None if available is None else Money(available, currency),
        owner,
        own_id,
        connection_id,
        seen(own_name),
        bool(hidden),
        position,
        _instant(last),
        problem,
        unread,
        *(day and date.fromordinal(day) for day in days),
    )


def save_account(db: Database, account: Account) -> Account:
    """Insert an account (id 0) or update what the bank says of it; the person's own words stay."""
    with db.writing():
        return put_account(db, account)


def put_account(db: Database, account: Account) -> Account:
    """Insert an account (id 0) or update what the bank says of it, within a transaction."""
    a = account
    said = (
        a.key,
        a.name,
        a.currency,
        a.number,
        a.iban,
        a.type.value,
        a.balance and a.balance.minor,
        a.available and a.available.minor,
        a.owner,
    )
    if a.id:
        db.run(
            "UPDATE account SET key=?, name=?, currency=?, number=?, iban=?, type=?, balance=?, available=?, owner=? WHERE id=?",
            (*said, a.id),
        )
    else:
        db.run(
            "INSERT INTO account(key, name, currency, number, iban, type, balance, available, owner, connection_id, position)"
            " VALUES(?,?,?,?,?,?,?,?,?,?,(SELECT coalesce(max(position), 0) + 1 FROM account))",
            (*said, a.connection_id),
        )
    own = a.id or db.one("SELECT last_insert_rowid()")
    return _account(db.run(f"SELECT {_ACCOUNT} FROM account WHERE id = ?", (own,))[0])


def _set(db: Database, account_id: int, column: str, value: Any) -> None:
    with db.writing():
        db.run(f"UPDATE account SET {column} = ? WHERE id = ?", (value, account_id))


def rename_account(db: Database, account_id: int, own_name: str) -> None:
    """Give an account the person's own name; an empty one gives the bank's back."""
    _set(db, account_id, "own_name", own_name.strip())


def hide_account(db: Database, account_id: int, hidden: bool) -> None:
    """Hide an account from lists, or show it again; it keeps syncing."""
    _set(db, account_id, "hidden", int(hidden))


def move_account(db: Database, account_id: int, position: int) -> None:
    """Put an account at a place (from 0) among its connection's accounts."""
    with db.writing():
        rows = db.run(
            "SELECT id, position FROM account WHERE connection_id = (SELECT connection_id FROM account WHERE id = ?)"
            " ORDER BY position, id",
            (account_id,),
        )
        order = [own for own, _ in rows if own != account_id]
        order.insert(max(0, position), account_id)
        places = sorted(place for _, place in rows)
        db.run_many("UPDATE account SET position = ? WHERE id = ?", zip(places, order, strict=True))


def mark_read(db: Database, account_id: int) -> None:
    """Count none of its rows as new any more."""
    with db.writing():
        db.run("UPDATE account SET unread = 0 WHERE id = ?", (account_id,))
        db.run(
            f"UPDATE tx SET marks = marks & ~{NEW} WHERE account_id = ? AND id IN"
            f" (SELECT id FROM tx WHERE marks & {NEW})",
            (account_id,),
        )


#: The endpoint under which one whole run is counted; it is no call.
RUN = "run"


def begin_anew(db: Database, connection_id: str) -> None:
    """Let a connection's accounts be fetched with their whole history, as if for the first time."""
    with db.writing():
        db.run("UPDATE account SET last_success = NULL WHERE connection_id = ?", (connection_id,))


def record_call(
    db: Database, connection_id: str, account_id: int, endpoint: str, attended: bool, at: datetime
) -> None:
    """Count a call against the bank's quotas; those older than two days are dropped."""
    with db.writing():
        db.run(
            "INSERT INTO call VALUES(?,?,?,?,?)",
            (connection_id, account_id, endpoint, int(attended), at.timestamp()),
        )
        db.run("DELETE FROM call WHERE at < ?", (at.timestamp() - 172_800,))


def forget_run(db: Database, connection_id: str, at: datetime) -> None:
    """Count a run no longer: it never reached the bank."""
    with db.writing():
        db.run(
            "DELETE FROM call WHERE connection_id = ? AND endpoint = ? AND at = ?",
            (connection_id, RUN, at.timestamp()),
        )


def calls(
    db: Database,
    connection_id: str,
    since: datetime,
    *,
    account_id: int | None = None,
    endpoint: str | None = None,
    attended: bool | None = None,
) -> tuple[datetime, ...]:
    """Return when calls were made since an instant, oldest first; whole runs (RUN) only where they are asked for."""
    rows = db.run(
        "SELECT at FROM call WHERE connection_id = :id AND at >= :since AND (:account IS NULL OR account_id = :account)"
        " AND iif(:endpoint IS NULL, endpoint <> :run, endpoint = :endpoint) AND (:attended IS NULL OR attended = :attended) ORDER BY at",
        {
            "id": connection_id,
            "since": since.timestamp(),
            "account": account_id,
            "endpoint": endpoint,
            "run": RUN,
            "attended": attended,
        },
    )
    return tuple(datetime.fromtimestamp(at, UTC) for (at,) in rows)
