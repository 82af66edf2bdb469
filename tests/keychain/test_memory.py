"""Secrets in memory: kept as long as the process, and no longer than the place is open."""

from __future__ import annotations

from bankview.keychain import open_keychain


def test_what_was_written_comes_back() -> None:
    chain = open_keychain("memory")
    chain.write("a", "ø")
    assert (chain.place, chain.label, chain.read("a")) == ("memory", "memory", "ø")


def test_what_was_deleted_is_gone() -> None:
    chain = open_keychain("memory")
    chain.write("a", "1")
    chain.delete("a")
    chain.delete("a")
    assert chain.read("a") is None


def test_two_places_in_memory_do_not_know_each_other() -> None:
    one, two = open_keychain("memory"), open_keychain("memory")
    one.write("a", "1")
    assert two.read("a") is None


def test_closing_forgets() -> None:
    chain = open_keychain("memory")
    chain.write("a", "1")
    chain.again()
    chain.close()
    assert chain.read("a") is None
