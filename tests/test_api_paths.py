"""No path, given as text or as parts, and no link leads a client out of its bank's root."""

from __future__ import annotations

import re
from contextlib import suppress
from posixpath import normpath
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bankview import web
from bankview.errors import UnsafeRequestError

ROOT = "https://bank.example/personal/banking"
#: What people who mean harm build paths of, beside everything else.
SPICE = st.sampled_from(
    ["..", ".", "/", "//", "\\", "%2e", "%2E", "%2f", "%5c", "%00", "%0a", "%252e", ";", "?", "#", "@", ":",
     "evil.example", "https:", "\n", "\x00", " ", "\ud800", "\u2024", "\uff0e", "%c0%ae", "a", "1", "ø"]
)  # fmt: skip
TEXT = st.lists(st.one_of(SPICE, st.text(max_size=4)), max_size=8).map("".join)


class Sent(list[str]):
    """Takes the place of a sender, and says what requests would really ask for."""

    def __call__(self, method: str, url: str, **_: Any) -> web.Reply:
        prepared = requests.Request(method, url).prepare()
        assert prepared.url
        self.append(prepared.url)
        return web.Reply(200, prepared.url, {}, b"{}")


def is_below(url: str, root: str = ROOT) -> bool:
    """Tell whether a URL stays below the root, however often a server decodes it before it walks its folders."""
    there, here = urlsplit(url), urlsplit(root)
    if (there.scheme, there.netloc, there.query, there.fragment) != (
        here.scheme,
        here.netloc,
        "",
        "",
    ):
        return False
    path = there.path
    for _ in range(4):
        walked = normpath(re.sub(r"/+", "/", path.replace("\\", "/")))
        if not (walked == here.path or walked.startswith(f"{here.path}/")):
            return False
        path = unquote(path)
    return True


@settings(max_examples=1_500)
@given(TEXT)
@example("/a/b")
@example("a/%2e%2e/b")
@example("..%2f..")
@example("http:evil")
@example("%0d%0aHost: evil")
def test_a_path_as_text_never_leaves_the_root(path: str) -> None:
    sent = Sent()
    with suppress(UnsafeRequestError):
        web.Api(ROOT, sent).get(path)
    assert all(is_below(url) for url in sent)


@settings(max_examples=1_500)
@given(st.lists(st.one_of(TEXT, st.integers()), max_size=4))
@example(["users", 1234, "x"])
@example(["a", "../../x"])
@example(["a", "..\\x"])
@example(["a/", "b"])
def test_a_path_in_parts_never_leaves_the_root(parts: list[str | int]) -> None:
    sent = Sent()
    with suppress(UnsafeRequestError):
        web.Api(ROOT, sent).get(parts)
    for url in sent:
        assert url.startswith(ROOT)
        assert urlsplit(url).path.count("/") == 2 + len(parts)
        assert not urlsplit(url).query


@settings(max_examples=1_500)
@given(TEXT)
def test_a_link_never_leaves_the_origin(href: str) -> None:
    sent = Sent()
    with suppress(UnsafeRequestError):
        web.Api(ROOT, sent).get(web.Link(href, "accounts"))
    assert all(urlsplit(url)[:2] == ("https", "bank.example") for url in sent)


@given(
    st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), max_size=4)
)
def test_what_is_harmless_arrives_as_it_is_in_either_form(parts: list[str]) -> None:
    api = web.Api(ROOT, Sent())
    url = "/".join([ROOT, *parts])
    assert api.url(parts) == api.url("/".join(parts)) == api.url("/" + "/".join(parts)) == url


@pytest.mark.parametrize(
    "path",
    [
        "a%00b",
        "a%0Ab",
        "a%1fb",
        "a%7Fb",
        "a\x85b",
        "a\ud800b",
        ["a", "../b"],
        ["a", "b/.."],
        ["a", "b/../c"],
        ["a", "..\\b"],
        ["a", "\\"],
        ["a", "b\n"],
        ["a", "\x00"],
        ["a", "/"],
        ["a", "b/"],
        ["a", "/b"],
    ],
    ids=repr,
)
def test_what_may_lead_out_once_it_is_decoded_is_refused(path: Any) -> None:
    sent = Sent()
    with pytest.raises(UnsafeRequestError):
        web.Api(ROOT, sent).get(path)
    assert sent == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "HEAD", "get", "TRACE"])
def test_nothing_but_reading_is_sent(method: str) -> None:
    sent = Sent()
    with pytest.raises(UnsafeRequestError):
        web.Api(ROOT, sent).request(method, "accounts")
    assert sent == []
