"""How a bank is reached: its OAuth client and its API, made of its profile and what the person entered."""

from __future__ import annotations

import secrets
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bankview import log, web
from bankview.banks import HttpSignature, for_a_moment, opened, read_certificate
from bankview.domain.secret import Secret
from bankview.errors import BadBankDataError, KeyFileError
from bankview.oauth.client import OAuthClient
from bankview.oauth.grant_names import endpoints
from bankview.oauth.grants import TokenAuth
from bankview.oauth.server import discover
from bankview.words import tr

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from bankview.banks import Bank
    from bankview.sync.home import Home


def tls(home: Home, bank: Bank, answers: Mapping[str, str]) -> ssl.SSLContext:
    """Return what a bank is shown and trusted by; its private key is read from the keychain where it has one.

    Raises:
        UsageError: the key is gone, or does not fit its certificate or passphrase.
    """
    certificate = answers.get("tls.certificate", "")
    if bank.certificate is None and not certificate:
        return web.tls_context(ca=bank.ca)
    pem = answers.get("tls.private_key") or home.keys(bank)["tls.private_key"]
    # The library takes a key from a file only: it sees one that a word of this moment locks.
    lock = secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory(prefix="bankview-") as folder:
        key, shown = Path(folder) / "key.pem", bank.certificate or Path(folder) / "certificate.pem"
        key.touch(mode=0o600)
        key.write_bytes(for_a_moment(pem, answers.get("key_passphrase", ""), lock))
        if bank.certificate is None:
            shown.write_text(certificate, "ascii")
        try:
            return web.tls_context(ca=bank.ca, certificate=shown, key=key, password=lock)
        except OSError as error:
            raise KeyFileError(
                shown.name, tr("it is no certificate, or the private key does not fit it")
            ) from error


def oauth_client(
    home: Home, bank: Bank, answers: Mapping[str, str], *, anew: bool = False
) -> OAuthClient:
    """Return the OAuth client of a bank with what the person entered; its endpoints are discovered now.

    With `anew` the server is asked for them even where they are kept from before.

    Raises:
        ServerError, BankUnavailableError, OfflineError: the server's metadata cannot be had or trusted.
    """
    context = tls(home, bank, answers)
    sender = web.Sender(context=context)
    home.watch(sender)
    needed = endpoints(bank.client.grant)
    certificate = _thumbprint(bank, answers)
    fetch = home.discovery.sender(bank.server.issuer, sender.send, anew=anew)
    # Who has a certificate shows it, for tokens bound to it as well as to prove the client (RFC 8705 §5).
    server = discover(bank.server, fetch, mtls=bool(certificate), needed=needed, knows=fetch.knows)
    client = replace(
        bank.client,
        client_id=client_id(bank, answers),
        secret=Secret(answers.get("client_secret", "")),
        signing_key=_signing_key(home, bank, answers),
        ready_assertion=Secret(home.keys(bank).get("oauth.assertion.file", "")),
        parameters=_parameters(bank, answers),
    )
    signed = bank.signing is not None and bank.signing.token_requests
    finish = finisher(home, bank, answers) if signed else None
    oauth = OAuthClient(
        server,
        client,
        context=context,
        now=home.clocks.of(bank.id),
        finish=finish,
        fetch=fetch,
        certificate=certificate,
    )
    home.watch(oauth.sender)
    return oauth


def _thumbprint(bank: Bank, answers: Mapping[str, str]) -> str:
    """Return the `x5t#S256` of the certificate that a bank is shown (RFC 8705 §3.1); nothing where it is shown none."""
    text = answers.get("tls.certificate", "").encode()
    if not text and bank.certificate:
        text = bank.certificate.read_bytes()
    return read_certificate(text).thumbprint if text else ""


def _signing_key(home: Home, bank: Bank, answers: Mapping[str, str]) -> Secret:
    held = answers.get("oauth.signing_key") or home.keys(bank).get("oauth.signing_key", "")
    return Secret(opened(held, answers.get("key_passphrase", "")).decode() if held else "")


def _parameters(bank: Bank, answers: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """Return the further fields of requests, with what the person answered for the authorization request."""
    chosen = {
        name.removeprefix("authorization."): text
        for name, text in answers.items()
        if name.startswith("authorization.") and text
    }
    fixed = bank.client.parameters
    return {**fixed, "authorization": {**fixed.get("authorization", {}), **chosen}}


def own_login(home: Home, bank: Bank, answers: Mapping[str, str]) -> Callable[[Any], Any]:
    """Return what signs each call in with the person's own key, where a dialect has sessions.

    Raises:
        KeyFileError: the key cannot be opened.
    """
    entry, now = bank.dialect.entry, home.clocks.of(bank.id)
    assert entry
    assert entry.login
    login, key, name = entry.login, _signing_key(home, bank, answers), client_id(bank, answers)

    def log_in(request: Any) -> Any:
        token = login(name, key, now())
        log.REDACTION.hide(token.partition(" ")[2])
        request.headers["Authorization"] = token
        return request

    return log_in


def institution(bank: Bank, answers: Mapping[str, str]) -> str:
    """Return which of the banks behind one address is meant: the person's answer, else the profile's."""
    return _parameters(bank, answers)["authorization"].get(bank.dialect.institution, "")


def client_id(bank: Bank, answers: Mapping[str, str]) -> str:
    """Return the client id that the person entered, else the profile's."""
    return answers.get("client_id") or bank.client.client_id


def send_json(
    api: web.Api, method: str, path: str, body: Mapping[str, Any], headers: Any = None
) -> Any:
    """Return the decoded answer to a JSON body, None where the answer has none.

    Raises:
        UnsafeRequestError, BankError: as `web.Api.request` and `web.check` raise them.
    """
    reply = web.check(api.request(method, path, json=dict(body), headers=dict(headers or {})))
    return reply.json() if reply.body.strip() else None


def finisher(home: Home, bank: Bank, answers: Mapping[str, str]) -> Callable[[Any], None]:
    """Return what completes each request of a bank as the last thing before it is sent: its signature, or nothing.

    Raises:
        UsageError: the signing key is gone, or cannot be used.
    """
    if bank.signing is None:
        return lambda _: None
    held = answers.get("signature.private_key") or home.keys(bank)["signature.private_key"]
    pem = opened(held, answers.get("key_passphrase", ""))
    key_id = _filled(bank, answers, bank.signing.key_id)
    signing = HttpSignature(key_id, Secret(pem.decode()), bank.signing.headers)
    return signing.finisher(home.now)


def _filled(bank: Bank, answers: Mapping[str, str], value: str) -> str:
    """Return a value of a profile with what was asked for in the place of its name."""
    if value == "$client_id":
        return client_id(bank, answers)
    return answers.get(value, value) if value.startswith("$") else value


def open_api(
    home: Home,
    bank: Bank,
    answers: Mapping[str, str],
    auth: TokenAuth | Callable[[Any], Any] | None,
    *,
    attended: bool = True,
) -> tuple[web.Api, web.Sender]:
    """Return a bank's API, logged in by `auth` where it wants a login, and the sender below it.

    While a person is there (`attended`), a bank that counts calls without one is told the person's address.
    """
    sender = web.Sender(context=tls(home, bank, answers))
    sender.session.auth = auth
    home.watch(sender)
    headers = {
        name: _filled(bank, answers, value)
        for name, value in {**bank.dialect.headers, **bank.headers}.items()
    }
    if attended and bank.dialect.psu:
        headers |= {**bank.dialect.present, bank.dialect.psu: web.own_address(bank.api)}
    dialect = bank.dialect
    send = _checked(bank, sender.send, auth)
    if dialect.interaction:
        send = _named(dialect.interaction, send)
    api = web.Api(bank.api, send, headers=headers, writes=dialect.writes, never=dialect.never)
    return api, sender


def _checked(
    bank: Bank,
    send: Callable[..., web.Reply],
    auth: TokenAuth | Callable[[Any], Any] | None,
) -> Callable[..., web.Reply]:
    """Return what sends, and holds each answer against the bank's own key where it signs them."""
    entry = bank.dialect.entry
    check = entry.tokens.check if entry and entry.tokens else None
    if check is None or not isinstance(auth, TokenAuth):
        return send

    def sent(method: str, url: str, **options: Any) -> web.Reply:
        reply = send(method, url, **options)
        check(auth.token, reply)
        return reply

    return sent


def _named(header: str, send: Callable[..., web.Reply]) -> Callable[..., web.Reply]:
    """Return what gives each call a name of its own, and takes no answer that goes by another."""

    def sent(method: str, url: str, *, headers: Mapping[str, str], **options: Any) -> web.Reply:
        name = str(uuid.uuid4())
        reply = send(method, url, headers={**headers, header: name}, **options)
        if reply.headers.get(header, name).strip().lower() != name:
            raise BadBankDataError(header, "is another call's", reply.host)
        return reply

    return sent
