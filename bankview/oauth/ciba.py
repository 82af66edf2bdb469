"""The backchannel grant: the bank asks the person on their own device, and is asked until it knows (OpenID CIBA Core)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.errors import OAuthError, SignInDeniedError, TokenReplyError
from bankview.oauth.compact import claims_of, subject_of
from bankview.oauth.elsewhere import read_handle, read_pace
from bankview.oauth.reply import read_members

if TYPE_CHECKING:
    from datetime import datetime

    from bankview.domain.secret import Secret
    from bankview.oauth.client import OAuthClient
    from bankview.oauth.polling import Pace
    from bankview.oauth.token import Token
    from bankview.web import Reply

GRANT = "urn:openid:params:grant-type:ciba"
#: The claim by which an ID token names its request (§10.3.1).
_REQUEST = "urn:openid:params:jwt:claim:auth_req_id"
#: Exactly one of these says whom a request is about (§7.1).
HINTS = ("login_hint", "login_hint_token", "id_token_hint")


@dataclass(frozen=True, slots=True)
class Backchannel:
    """A request that the person was asked to approve; `message` is what they see on both devices."""

    auth_req_id: Secret
    message: str
    pace: Pace


def begin(oauth: OAuthClient, now: datetime) -> Backchannel:
    """Have the bank ask the person (§7.1).

    Raises:
        SignInDeniedError: it does not want to (§13, `access_denied`).
        MetadataError: the server has no endpoint for it.
        ServerError, BankError: as `read_backchannel` and `web.Sender` raise them.
    """
    client = oauth.client
    name, value = client.hint
    fields = {"scope": client.scope, name: value}
    if client.binding_message:
        fields["binding_message"] = client.binding_message
    reply = oauth.ask("ciba", "backchannel_authentication_endpoint", fields)
    return read_backchannel(reply, client.binding_message, now)


def read_backchannel(reply: Reply, message: str, now: datetime) -> Backchannel:
    """Return what a backchannel endpoint answered (§7.3); `now` is when it was asked.

    Raises:
        SignInDeniedError: the bank does not ask this person, or not for us.
        TokenReplyError: something is missing.
        ClientRefusedError, OAuthError, RateLimitedError, BankUnavailableError: by status and error code.
    """
    try:
        members = read_members(reply, "its answer to the backchannel request")
    except OAuthError as error:
        if error.code != "access_denied":
            raise
        raise SignInDeniedError(error.code, error.description) from None
    handle = read_handle(members, "auth_req_id", reply.host)
    return Backchannel(handle, message, read_pace(members, now, reply.host))


def token(oauth: OAuthClient, asked: Backchannel) -> Token:
    """Return the token once the person has approved (§10.1).

    Its reply has an ID token (§10.1.1), which `OAuthClient.token_by` verifies. It names the person of an id_token_hint
    and, where it names a request at all, this one (§10.3.1).

    Raises:
        TokenReplyError: there is none, or it is about somebody or something else.
        ServerError, BankError: as `OAuthClient.token_by` raises them.
    """
    handle = asked.auth_req_id.reveal()
    fresh = oauth.token_by(GRANT, {"auth_req_id": handle})
    id_token, (name, hint) = fresh.extra.get("id_token"), oauth.client.hint
    if "openid" not in oauth.client.scope.split():
        return fresh
    if not isinstance(id_token, str):
        raise TokenReplyError(oauth.server.host, "it does not say who approved (id_token)")
    if name == "id_token_hint" and subject_of(hint) not in {"", subject_of(id_token)}:
        raise TokenReplyError(oauth.server.host, "somebody else approved than was asked")
    if claims_of(id_token).get(_REQUEST, handle) != handle:
        raise TokenReplyError(oauth.server.host, "its ID token is about another request")
    return fresh
