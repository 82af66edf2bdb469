"""How bunq lets an app in: a key pair made here, installed once, and sessions that it signs for."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bankview import log, web
from bankview.banks._read import Row, read_object
from bankview.domain.secret import Secret
from bankview.errors import BadBankDataError, ClientRefusedError
from bankview.oauth.token import Token
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

HOST = "api.bunq.com"
#: What the token calls carry it in, what signs a body, and what names a call: each has another.
TOKEN, SIGNATURE = "X-Bunq-Client-Authentication", "X-Bunq-Client-Signature"
REQUEST_ID, PROOF = "X-Bunq-Client-Request-Id", "X-Bunq-Server-Signature"
#: What is said to a key that is wrong, was deleted, or is used from another address.
_REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_USERS = ("UserPerson", "UserCompany", "UserApiKey", "UserPaymentServiceProvider")


def tokens(api: web.Api, entered: Mapping[str, str], last: Token | None, now: datetime) -> Token:
    """Return the token of a new session, opened by the device that the last one had, else by a new one.

    Raises:
        ClientRefusedError: the API key is wrong, was deleted, or belongs to another address.
    """
    key = entered["client_secret"].strip()
    device = last.extra.get("device") if last else None
    if isinstance(device, dict):
        reply = _sent(api, "session-server", {"secret": key}, device)
        if reply.status not in _REFUSED:
            return _token(reply, device, now)
    device = _installed(api)
    # Without addresses of our own choice the key is good from this one alone, unless the person allows all in the app.
    _accepted(_sent(api, "device-server", {"description": "Bankview", "secret": key}, device))
    reply = _sent(api, "session-server", {"secret": key}, device)
    return _token(_accepted(reply), device, now)


def check(token: Token, reply: web.Reply) -> None:
    """Hold an answer against the bank's own key, where it is signed.

    Raises:
        BadBankDataError: it is not what the bank signed.
    """
    device = token.extra.get("device")
    _check(device if isinstance(device, dict) else {}, reply)


def request_id() -> dict[str, str]:
    """Return the header that names one call."""
    return {REQUEST_ID: secrets.token_hex(16)}


def _installed(api: web.Api) -> dict[str, str]:
    """Return a new device: our private key, the token that it opens sessions with, and the bank's public key."""
    key = rsa.generate_private_key(65537, 2048)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    own = key.private_bytes(serialization.Encoding.PEM, form, plain).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    reply = api.request(
        "POST", "installation", json={"client_public_key": public.decode()}, headers=request_id()
    )
    said = _said(web.check(reply))
    token, server = said.inner("Token"), said.inner("ServerPublicKey")
    device = {
        "key": own,
        "token": token.needed("token", token.text("token")),
        "server": server.needed("server_public_key", server.text("server_public_key")),
    }
    log.REDACTION.hide(device["token"])
    _check(device, reply)
    return device


def _sent(api: web.Api, path: str, body: Mapping[str, str], device: Mapping[str, str]) -> web.Reply:
    """Return the answer to a body that the device signs."""
    content = json.dumps(body).encode()
    headers = {
        **request_id(),
        "Content-Type": "application/json",
        TOKEN: device["token"],
        SIGNATURE: _signature(device["key"], content),
    }
    reply = api.request("POST", path, data=content, headers=headers)
    _check(device, reply)
    return reply


def _signature(key: str, content: bytes) -> str:
    own = serialization.load_pem_private_key(key.encode(), None)
    assert isinstance(own, rsa.RSAPrivateKey)
    return base64.b64encode(own.sign(content, padding.PKCS1v15(), hashes.SHA256())).decode()


def _check(device: Mapping[str, Any], reply: web.Reply) -> None:
    said = reply.headers.get(PROOF, "")
    if not said or "server" not in device:
        return
    try:
        key = serialization.load_pem_public_key(device["server"].encode())
        assert isinstance(key, rsa.RSAPublicKey)
        proof = base64.b64decode(said, validate=True)
        key.verify(proof, reply.body, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, AssertionError, binascii.Error, ValueError):
        raise BadBankDataError(PROOF, "does not fit the answer", reply.host) from None


def _accepted(reply: web.Reply) -> web.Reply:
    if reply.status in _REFUSED:
        advice = tr(
            "It was deleted, copied only in part, or belongs to another network: in the bunq app, make a new key, or allow all "
            "IP addresses for this one. Then enter it here."
        )
        raise ClientRefusedError(reply.host, "it does not take this API key", advice)
    return web.check(reply)


def _said(reply: web.Reply) -> Row:
    """Return what an answer lists as objects of one member each, as one object."""
    said: dict[str, Any] = {}
    for row in read_object(reply.json(), "").rows("Response"):
        said |= row.value
    return Row(said, "Response")


def _token(reply: web.Reply, device: Mapping[str, str], now: datetime) -> Token:
    said = _said(web.check(reply))
    token = said.inner("Token")
    name, _ = said.first(*_USERS)
    user = said.inner(name)
    return Token(
        Secret(token.needed("token", token.text("token"))),
        # How long it lasts is the person's choice in the app, and each call makes it longer: it is used until it ends.
        extra={"device": dict(device), "session": user.needed("id", user.text("id"))},
        obtained_at=now,
    )
