"""`bankview token`: what the authorization server says of a connection's access, and what ends or renews it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.cli import terminal
from bankview.cli.home import opened
from bankview.log import REDACTION
from bankview.oauth.endpoints.revocation import is_confirmed
from bankview.sync import token
from bankview.words import tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bankview.oauth.endpoints.said import Said
    from bankview.sync.home import Home


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("id", metavar="ID", help=tr("an id that `connections` lists"))
    parser.add_argument(
        "what",
        choices=tuple(_JOBS),
        help=tr("ask about the access, ask who signed in, renew it now, or end it at the bank"),
    )
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """Do it; no token is ever printed."""
    with opened(arguments) as home:
        return _JOBS[arguments.what](home, arguments)


def _introspect(home: Home, arguments: Namespace) -> int:
    return _tell(token.introspect(home, arguments.id), as_json=arguments.json)


def _userinfo(home: Home, arguments: Namespace) -> int:
    return _tell(token.userinfo(home, arguments.id), as_json=arguments.json)


def _refresh(home: Home, arguments: Namespace) -> int:
    fresh = token.refresh(home, arguments.id)
    if arguments.json:
        facts = {
            "connection_id": arguments.id,
            "expires_at": _iso(fresh.expires_at),
            "refresh_expires_at": _iso(fresh.refresh_expires_at),
            "scope": fresh.scope,
        }
        terminal.print_objects([facts])
    elif fresh.expires_at:
        until = fresh.expires_at.astimezone().isoformat(sep=" ", timespec="seconds")
        print(tr("{id} is renewed until {until}.", id=arguments.id, until=until))
    else:
        print(tr("{id} is renewed; the bank does not say until when.", id=arguments.id))
    return 0


def _revoke(home: Home, arguments: Namespace) -> int:
    said = token.revoke(home, arguments.id)
    if arguments.json:
        terminal.print_objects([{"connection_id": arguments.id, **said}])
    else:
        for name, answer in said.items():
            print(f"{_TOKENS[name]}: {_answers()[answer]}")
        if not said:
            print(tr("The bank has no way to end the access from here; end it on its own pages."))
        print(tr("{id} needs a new sign-in.", id=arguments.id))
    return 0 if is_confirmed(said) else 1


#: What each word does.
_JOBS: dict[str, Callable[[Home, Namespace], int]] = {
    "introspect": _introspect,
    "userinfo": _userinfo,
    "refresh": _refresh,
    "revoke": _revoke,
}
_TOKENS = {"refresh_token": tr("What renews the access"), "access_token": tr("The access itself")}


def _answers() -> Mapping[str, str]:
    """Return what a bank's answer to the end of a token means."""
    return {
        "confirmed": tr("ended, the bank confirmed it"),
        "unconfirmed": tr("not confirmed, the bank did not answer; try again later"),
        "refused": tr("not ended, the bank refused"),
        "unsupported": tr(
            "not ended, the bank ends no tokens of this kind; it lasts until its end"
        ),
    }


def _tell(said: Said, *, as_json: bool) -> int:
    """Print what a server said; a text that is no data is printed as it is."""
    claims = _clean(dict(said.claims)) if said.claims is not None else None
    if as_json:
        terminal.print_objects([{"text": _clean(said.text)} if claims is None else claims])
    elif claims is None:
        print(terminal.shown(_clean(said.text)))
    else:
        rows = ((name, _words(value)) for name, value in claims.items())
        terminal.print_table((tr("Name"), tr("Value")), rows)
    return 0


def _clean(value: Any) -> Any:
    """Return an answer without the secrets that it may give back, and with numbers that JSON can write."""
    if isinstance(value, dict):
        return {str(name): _clean(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    if isinstance(value, str):
        return REDACTION.without_secrets(value)
    return value if value is None or isinstance(value, (bool, int)) else str(value)


def _words(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_words, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_words(inner)}" for name, inner in value.items())
    if value is None:
        return "–"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
