"""What a profile asks for and the server's metadata does not offer, said before anybody signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.errors import MetadataError
from bankview.oauth.wording import code_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bankview.oauth.server import Server
    from bankview.oauth.ways import Ways


def check(server: Server, ways: Ways, *, signs_with: str, believes: Collection[str]) -> None:
    """Hold the ways of a profile against a server's metadata; a list that it does not publish says nothing.

    Args:
        server: as discovered.
        ways: the profile's.
        signs_with: the algorithm of our own signatures, empty where the key decides.
        believes: the algorithms of the issuer's signatures that we believe.

    Raises:
        MetadataError: something is not offered, or demanded and not asked for; the text says what to write.
    """
    for problem in _problems(server, ways, signs_with, believes):
        raise MetadataError(server.host, problem)


def _problems(
    server: Server, ways: Ways, signs_with: str, believes: Collection[str]
) -> Iterator[str]:
    yield from _pushing(server, ways)
    yield from _signing(server, ways, signs_with)
    yield from _answering(server, ways, believes)
    types = server.authorization_details_types_supported
    for detail in ways.authorization_details:
        kind = code_of(detail["type"])
        if types is not None and kind not in types:
            yield f"it does not know authorization_details of type {kind}"


def _pushing(server: Server, ways: Ways) -> Iterator[str]:
    demanded = server.require_pushed_authorization_requests
    if ways.par == "never" and demanded:
        yield 'it takes pushed requests alone; write par = "auto"'
    wanted = ways.par == "always" or (ways.par == "auto" and demanded)
    if wanted and not server.pushed_authorization_request_endpoint:
        yield "it names no pushed_authorization_request_endpoint"


def _signing(server: Server, ways: Ways, signs_with: str) -> Iterator[str]:
    if not ways.jar:
        if server.require_signed_request_object:
            yield "it takes signed requests alone; write jar = true and a signing_key"
        return
    if not server.issuer:
        yield "a signed request names the issuer, which is not known; write issuer"
    if server.request_parameter_supported is False:
        yield "it takes no signed requests; write jar = false"
    known = server.request_object_signing_alg_values_supported
    if signs_with and known is not None and signs_with not in known:
        yield f"it does not take requests signed with {signs_with}; write another signing_algorithm"


def _answering(server: Server, ways: Ways, believes: Collection[str]) -> Iterator[str]:
    modes = server.response_modes_supported
    if ways.response_mode and modes is not None and ways.response_mode not in modes:
        yield f"it does not answer by {ways.response_mode}; write another response_mode"
    if not ways.answer_is_signed:
        return
    if not server.issuer:
        yield "a signed answer names the issuer, which is not known; write issuer"
    known = server.authorization_signing_alg_values_supported
    if known is not None and not {*known} & {*believes}:
        yield "it signs its answers with none of id_token_algorithms"
