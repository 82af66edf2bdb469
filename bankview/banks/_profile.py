"""A bank's profile: one TOML file, read into a Bank or refused with its line and what to write instead."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bankview.banks import _assertion, _grants, _keys, _schema, _ways
from bankview.banks._bank import Ask, Bank, Signing
from bankview.banks._dialects import dialects
from bankview.banks._lines import line_of
from bankview.errors import ProfileError
from bankview.language import later
from bankview.oauth import assertion, ciba, grant_names
from bankview.oauth.registration import Client
from bankview.oauth.server import ENDPOINTS, Server, host_of
from bankview.paths import resource
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bankview.banks._bank import Dialect, Entry

#: Bytes of a profile; the longest anybody writes has about four thousand.
LARGEST = 64_000
#: Files that a profile may ask for: table, key, words, and what kind of file it is.
_OWN_FILES: tuple[tuple[str, str, str, Literal["certificate", "key"]], ...] = (
    ("tls", "certificate", later("Certificate"), "certificate"),
    ("tls", "private_key", later("Private key of the certificate"), "key"),
    ("signature", "private_key", later("Private key for signatures"), "key"),
    ("oauth", "signing_key", later("Private key for sign-in"), "key"),
)
_AT = re.compile(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)


def read_profile(path: Path) -> Bank:
    """Return the bank that a person's own profile file describes.

    Raises:
        ProfileError: it cannot be read, or something in it is wrong, unsafe, or not supported yet; with the line.
    """
    text, profile = load(path)
    if (id_ := profile["id"]) in shipped_ids():
        problem = tr("{id} is a bank that ships with Bankview. Choose another id", id=id_)
        raise ProfileError(path, line_of(text, ("id",)), problem)
    return bank_of(profile, path)


def load(path: Path) -> tuple[str, dict[str, Any]]:
    """Return a profile's text and content, checked.

    Raises:
        ProfileError: see `read_profile`.
    """
    text = _text(path)
    try:
        profile = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(path, text, str(error)) from None
    try:
        for problem in _grants.password_problems(profile):
            raise problem
        _schema.check(profile)
        for problem in _between_keys(profile, path):
            raise problem
    except _schema.Problem as problem:
        raise ProfileError(path, line_of(text, problem.path), problem.text) from None
    return text, profile


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ProfileError(path, 0, tr("This file is too large to be a profile"))
        return path.read_text("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ProfileError(path, 0, tr("This is no text file: save it as UTF-8")) from None
    except FileNotFoundError:
        raise ProfileError(path, 0, tr("There is no such file")) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ProfileError(path, 0, tr("It cannot be read: {why}", why=why)) from None


def _syntax(path: Path, text: str, message: str) -> ProfileError:
    found = _AT.match(message)
    line = int(found[2]) if found and found[2] else text.rstrip("\n").count("\n") + 1
    why = found[1] if found else message
    return ProfileError(path, line, tr("This is not TOML: {why}", why=why[:1].lower() + why[1:]))


def _between_keys(profile: Mapping[str, Any], path: Path) -> Iterator[_schema.Problem]:
    """Yield what is wrong between keys, and with what a schema cannot know."""
    yield from _dialect_problems(profile)
    yield from _http_problems(profile)
    oauth = profile["oauth"]
    if not _names_server(oauth):
        message = tr("[oauth] names no server: write issuer, or both of its endpoints")
        yield _schema.Problem(("oauth",), message)
    yield from _grants.problems(oauth)
    yield from _ways.problems(profile)
    yield from _tls_problems(profile)
    yield from _proof_problems(oauth)
    try:
        ZoneInfo(profile.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = tr("There is no such time zone. Write one such as Europe/Oslo")
        yield _schema.Problem(("zone",), message)
    file = _assertion.named(profile)
    if file and file != _assertion.TAKEN and not (path.parent / file).is_file():
        message = tr("There is no such file beside the profile")
        yield _schema.Problem(("oauth", "assertion", "file"), message)
    for place in _files(profile):
        if not (path.parent / profile[place[0]][place[1]]).is_file():
            yield _schema.Problem(place, tr("There is no such file beside the profile"))


def _names_server(oauth: Mapping[str, Any]) -> bool:
    grant = oauth.get("grant", "authorization_code")
    needed = grant_names.endpoints(grant)
    found = "issuer" in oauth or "metadata" in oauth or {*needed} <= oauth.keys()
    return found or grant in {grant_names.HELD, grant_names.SESSION, grant_names.NONE}


def _tls_problems(profile: Mapping[str, Any]) -> Iterator[_schema.Problem]:
    tls = profile.get("tls", {})
    for one, other in (("certificate", "private_key"), ("private_key", "certificate")):
        if one in tls and other not in tls:
            message = tr("[tls] has {one}: write {other} too", one=one, other=other)
            yield _schema.Problem(("tls", one), message)
    method = profile["oauth"].get("client_authentication", "")
    if "tls" in method and "certificate" not in tls:
        message = tr(
            "{method} needs a certificate: write certificate and private_key under [tls]",
            method=method,
        )
        yield _schema.Problem(("oauth", "client_authentication"), message)


def _proof_problems(oauth: Mapping[str, Any]) -> Iterator[_schema.Problem]:
    """Yield what is wrong with how the app is to prove who it is, and with how its tokens are bound."""
    method = oauth.get("client_authentication", "none")
    if method == "private_key_jwt" and "signing_key" not in oauth:
        message = tr(
            '{method} needs a key to sign with: write signing_key = "key.pem"', method=method
        )
        yield _schema.Problem(("oauth", "client_authentication"), message)
    named = "issuer" in oauth or "metadata" in oauth
    issuer = oauth.get("assertion_audience", "issuer") == "issuer"
    if method in assertion.METHODS and issuer and not named:
        message = tr(
            '{method} names the issuer, which this profile does not: write issuer, or assertion_audience = "endpoint"',
            method=method,
        )
        yield _schema.Problem(("oauth", "client_authentication"), message)
    if oauth.get("dpop") and oauth.get("grant") in {"token", "none"}:
        message = tr(
            "dpop binds tokens that a sign-in brings, and there is none: write dpop = false"
        )
        yield _schema.Problem(("oauth", "dpop"), message)


def _dialect_problems(profile: Mapping[str, Any]) -> Iterator[_schema.Problem]:
    name, grant = profile["dialect"], profile["oauth"].get("grant", grant_names.CODE)
    if name in dialects():
        if (grant == grant_names.SESSION) != (dialects()[name].entry is not None):
            message = tr('grant = "session" and a dialect with sessions need each other')
            yield _schema.Problem(("oauth", "grant"), message)
        return
    choice = tr(" or ").join(f'"{known}"' for known in dialects())
    near = get_close_matches(name, dialects(), 1)
    choice = f'"{near[0]}"' if near else choice
    message = tr("There is no dialect of this name; write {choice}", choice=choice)
    yield _schema.Problem(("dialect",), message)


def _http_problems(profile: Mapping[str, Any]) -> Iterator[_schema.Problem]:
    """Yield the plain http addresses that nothing permits; the schema let only loopback ones through."""
    oauth = profile["oauth"]
    if oauth.get("insecure_http"):
        return
    places = [("api",), *(("oauth", name) for name in ("issuer", "metadata", *ENDPOINTS))]
    for place in places:
        value = (oauth if len(place) == 2 else profile).get(place[-1], "")
        if value.startswith("http://"):
            message = tr(
                "{key} is plain http: write https, or insecure_http = true under [oauth] for a bank on this computer",
                key=place[-1],
            )
            yield _schema.Problem(place, message)


def _files(profile: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return where a profile names files of its own that are still to be read."""
    places = [("tls", "ca"), ("tls", "certificate"), ("oauth", "metadata"), *_keys.PLACES]
    named = [(place, profile.get(place[0], {}).get(place[1], "")) for place in places]
    return [
        place for place, name in named if name and "://" not in name and not _keys.is_taken(name)
    ]


@cache
def shipped_ids() -> frozenset[str]:
    """Return the ids of the banks that ship with the app; each file is named for its bank."""
    return frozenset(path.stem for path in resource("banks").glob("*.toml"))


def bank_of(profile: Mapping[str, Any], path: Path | None) -> Bank:
    """Return the bank of a checked profile; `path` is the person's own file, None for a shipped bank."""
    oauth = profile["oauth"]
    dialect = dialects()[profile["dialect"]]
    zone = profile.get("zone", dialect.zone)
    client = _client(oauth)
    folder = path.parent if path else Path()
    known = host_of(profile["api"]) == dialect.host
    # What is said of no one host holds for all of them.
    at_home = known or not dialect.host
    tls, signature = profile.get("tls", {}), profile.get("signature")
    ca, certificate = tls.get("ca"), tls.get("certificate")
    named = (
        f"{table}.{key}"
        for table, key in _keys.PLACES
        if profile.get(table, {}).get(key, _keys.ASKED) != _keys.ASKED
    )
    return Bank(
        id=profile["id"],
        name=profile["name"].strip(),
        country=profile.get("country", ""),
        dialect=dialect.at(ZoneInfo(zone)),
        api=profile["api"].rstrip("/"),
        server=_server(oauth, folder),
        client=client,
        zone=zone,
        history_days=profile.get("history_days", 365),
        consent_days=profile.get("consent_days", 180),
        unattended_per_day=profile.get("unattended_per_day", 4),
        calls_per_hour=profile.get("calls_per_hour", 50),
        overlap_days=profile.get("overlap_days", 14),
        seconds_between_calls=profile.get("seconds_between_calls", 0),
        calls_per_day=profile.get("calls_per_day", 0),
        headers=profile.get("headers", {}),
        asks=_asks(profile, client, dialect if known else None, folder),
        portal=dialect.portal if at_home else "",
        steps=dialect.steps(client.redirect_uri) if at_home else (),
        ca=folder / ca if ca else None,
        certificate=folder / certificate if certificate and certificate != _keys.ASKED else None,
        keys=(*named, *((_assertion.NAME,) if _assertion.named(profile) else ())),
        signing=_signing(signature) if signature else None,
        licensed=profile.get("licensed", False),
        source=path,
    )


def _server(oauth: Mapping[str, Any], folder: Path) -> Server:
    metadata = oauth.get("metadata", "")
    return Server(
        issuer=oauth.get("issuer", ""),
        metadata=str(folder / metadata) if metadata and "://" not in metadata else metadata,
        insecure_http=oauth.get("insecure_http", False),
        **{name: oauth.get(name, "") for name in ENDPOINTS},
    )


def _client(oauth: Mapping[str, Any]) -> Client:
    return Client(
        client_id=oauth.get("client_id", ""),
        authentication=oauth.get("client_authentication", "none"),
        redirect_uri=oauth.get("redirect_uri", "http://127.0.0.1/callback"),
        scope=_scope(oauth),
        pkce=oauth.get("pkce", True),
        grant=oauth.get("grant", "authorization_code"),
        believes_expires_at=oauth.get("expires_at", "ignore") == "server",
        id_token_algorithms=_ways.id_token_algorithms(oauth),
        leeway=oauth.get("leeway", 30),
        lifetime_cap=oauth.get("lifetime_cap", 0),
        parameters=oauth.get("parameters", {}),
        signing_algorithm=oauth.get("signing_algorithm", ""),
        hint=next(((name, oauth[name]) for name in ciba.HINTS if oauth.get(name)), ("", "")),
        binding_message=oauth.get("binding_message", ""),
        exchange=oauth.get("exchange", {}),
        assertion=oauth.get("assertion", {}),
        assertion_audience=oauth.get("assertion_audience", "issuer"),
        ways=_ways.read(oauth),
        dpop=oauth.get("dpop", False),
    )


def _scope(oauth: Mapping[str, Any]) -> str:
    """Return the scope to ask for; a backchannel request cannot do without `openid` (OpenID CIBA Core §7.1)."""
    scope: str = oauth.get("scope", "")
    if oauth.get("grant") == "ciba" and "openid" not in scope.split():
        return f"openid {scope}".strip()
    return scope


def _signing(signature: Mapping[str, Any]) -> Signing:
    tokens = signature.get("token_requests", False)
    return Signing(signature["key_id"], tuple(signature["headers"]), tokens)


def _institution_asks(profile: Mapping[str, Any], known: Dialect | None) -> Iterator[Ask]:
    """Yield the question which of several banks behind one address it is, unless the profile says it."""
    given = profile["oauth"].get("parameters", {}).get("authorization", {})
    if known and known.institution and known.institution not in given:
        name = f"authorization.{known.institution}"
        entry = known.entry
        hint = tr("Such as {example}", example=entry.example) if entry else tr("Let the bank ask")
        optional = entry is None
        yield Ask(name, tr("Your bank"), hint=hint, optional=optional, suggestions=True)


def _exchange_asks(client: Client) -> Iterator[Ask]:
    """Yield the tokens that are exchanged, and held by no other connection."""
    for name, words in (
        ("subject", later("Token to exchange")),
        ("actor", later("Token of who acts")),
    ):
        if client.grant == "token_exchange" and client.exchange.get(f"{name}_token_from") == "env":
            yield Ask(f"{name}_token", tr(words), secret=True)


def _file_asks(profile: Mapping[str, Any]) -> Iterator[Ask]:
    """Yield the files that each person has of their own."""
    for table, key, words, kind in _OWN_FILES:
        if profile.get(table, {}).get(key) == _keys.ASKED:
            yield Ask(f"{table}.{key}", tr(words), secret=kind == "key", file=kind)


def _is_asked(value: str) -> bool:
    return value.startswith("$") and value != "$client_id"


def _asks(
    profile: Mapping[str, Any], client: Client, known: Dialect | None, folder: Path
) -> tuple[Ask, ...]:
    """Return what the person is asked for before the sign-in, in this order."""
    hint = tr("From {portal}", portal=known.portal.removeprefix("https://")) if known else ""
    entry = dialects()[profile["dialect"]].entry
    asks = list(_client_asks(client, known, entry, hint))
    # Banks that are told to who has a key alone come after it.
    last = known is not None and known.entry is not None
    asks += () if last else _institution_asks(profile, known)
    if client.authentication.startswith("client_secret_") or (entry and entry.secret):
        label = entry.secret if entry else later("Client secret")
        asks.append(Ask("client_secret", tr(label), secret=True, hint=hint))
    asks += _value_asks(profile)
    asks += _file_asks(profile)
    locked = _keys.any_locked(profile, folder)
    if locked or any(ask.file == "key" for ask in asks):
        words = tr("Passphrase of the private key")
        hint = "" if locked else tr("Empty where it has none")
        asks.append(Ask("key_passphrase", words, secret=True, hint=hint, optional=not locked))
    asks += _institution_asks(profile, known) if last else ()
    return tuple({ask.name: ask for ask in asks}.values())


def _client_asks(
    client: Client, known: Dialect | None, entry: Entry | None, hint: str
) -> Iterator[Ask]:
    """Yield what names the person's own app at the bank, or lets it in."""
    if client.grant == grant_names.HELD:
        label = known.claim.label if known and known.claim else later("Access token")
        yield Ask("access_token", tr(label), secret=True, hint=hint)
    elif not client.client_id and client.grant != grant_names.NONE:
        label = entry.client_id if entry else later("Client ID")
        if label:
            yield Ask("client_id", tr(label), hint=hint)
    yield from _exchange_asks(client)


def _value_asks(profile: Mapping[str, Any]) -> Iterator[Ask]:
    """Yield the values that the profile calls by a name."""
    for header, value in profile.get("headers", {}).items():
        if _is_asked(value):
            label = tr("Value of the header {header}", header=header)
            yield Ask(value, label, secret=True)
    if _is_asked(key_id := profile.get("signature", {}).get("key_id", "")):
        yield Ask(key_id, tr("Name of your signing key at the bank"))
