"""The device grant: a code that the person enters on whatever has a browser (RFC 8628)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bankview.errors import TokenReplyError
from bankview.log import REDACTION
from bankview.oauth.elsewhere import read_handle, read_pace
from bankview.oauth.reply import read_members
from bankview.oauth.server import check_url
from bankview.oauth.wording import sentence_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bankview.domain.secret import Secret
    from bankview.oauth.client import OAuthClient
    from bankview.oauth.polling import Pace
    from bankview.oauth.server import Server
    from bankview.web import Reply

#: Characters of a code and of an address that a person can still use; real ones have about 10 and 60.
LONGEST_CODE, LONGEST_ADDRESS = 40, 400


@dataclass(frozen=True, slots=True)
class DeviceAuthorization:
    """What the person is shown: `user_code` to enter at `address`; `complete` is the address with the code in it.

    `complete` is empty where the server has none. `device_code` is what we ask with.
    """

    device_code: Secret
    user_code: str = field(repr=False)
    address: str
    complete: str = field(repr=False)
    pace: Pace


def begin(oauth: OAuthClient, now: datetime) -> DeviceAuthorization:
    """Ask the server for a code (RFC 8628 §3.1).

    Raises:
        MetadataError: the server has no endpoint for it, or names an unsafe address.
        ServerError, BankError: as `read_device` and `web.Sender` raise them.
    """
    scope = oauth.client.scope
    fields = {"scope": scope} if scope else {}
    reply = oauth.ask("device", "device_authorization_endpoint", fields)
    return read_device(reply, oauth.server, now)


def read_device(reply: Reply, server: Server, now: datetime) -> DeviceAuthorization:
    """Return what a device authorization endpoint answered (RFC 8628 §3.2); `now` is when it was asked.

    Raises:
        TokenReplyError: something is missing or too long.
        MetadataError: an address is neither https nor, with `insecure_http`, on this computer.
        ClientRefusedError, OAuthError, RateLimitedError, BankUnavailableError: by status and error code.
    """
    members = read_members(reply, "its answer to the device request")
    # Google's name is older than the standard's.
    address = _address(members, ("verification_uri", "verification_url"), server)
    if not address:
        raise TokenReplyError(reply.host, "its answer has no verification_uri")
    complete = ("verification_uri_complete", "verification_url_complete")
    return DeviceAuthorization(
        read_handle(members, "device_code", reply.host),
        _user_code(members, reply.host),
        address,
        _address(members, complete, server),
        read_pace(members, now, reply.host),
    )


def _user_code(members: Mapping[str, Any], host: str) -> str:
    """Return the code as a person can enter it; a cut one would be another."""
    code = sentence_of(members.get("user_code")).strip()
    if not 0 < len(code) <= LONGEST_CODE:
        raise TokenReplyError(host, "its answer has no usable user_code")
    REDACTION.hide(code)
    return code


def _address(members: Mapping[str, Any], names: tuple[str, str], server: Server) -> str:
    value = members.get(names[0]) or members.get(names[1]) or ""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS:
        raise TokenReplyError(server.host, f"its {names[0]} is no usable address")
    if value:
        check_url(server, names[0], value)
    return value
