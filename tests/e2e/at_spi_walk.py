"""Uses the window as a screen reader does: by the names, roles and actions that AT-SPI offers, without screen or keys.

Run by the system's own Python, which has pyatspi, and so imports nothing of the project.
Usage: at_spi_walk.py PID PROFILE WORDS TARGET; says what it saw as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pyatspi
from gi.repository import Atspi, GLib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Seconds after which something counts as never coming; reached only when it does not.
DEADLINE = 60
#: Seconds between two looks.
BLINK = 0.05
#: Roles that say nothing of what something is for.
MEANINGLESS = {"unknown", "invalid"}
#: What needs no name: text and cells are their own, or empty; a scroll area takes keys only to scroll.
NAMELESS = {"label", "table cell", "scroll pane", "scroll bar", "filler", "panel"}

#: What opens a chart's numbers.
SHOW_TABLE = "ShowTable"
#: Rows of the sidebar, and a name that is on their page alone.
PAGES = {
    "Overview": "Newest transactions",
    "Charts": "Month against month",
    "Recurring": "Recurring payments",
    "Brukskonto": "Transactions",
}
#: The bank as the sidebar names it.
BANK = "Fjordbanken (demo), household"
#: Entries of the menu: the beginning of what they open, and the button that closes it; windows stay, and what has no
#: button comes last.
DIALOGS = {
    "Rules…": ("Rules", "Close"),
    "Suggestions…": ("Suggestions", "Close"),
    "Keyboard shortcuts": ("Keyboard shortcuts", "Close"),
    "Update log": ("Update log", ""),
    "Settings…": ("Settings", "Close"),
    "What is stored where": ("What is stored where", "Close"),
    "HTTP log": ("HTTP log", ""),
    "Connect a bank…": ("Connect a bank", "Cancel"),
    "Go to…": ("Go to", ""),
}


def nodes(root: Any) -> Iterator[Any]:
    """Yield everything below `root` that can be seen; of a table only what its first rows hold."""
    try:
        many = min(root.childCount, 60)
        below = [root.getChildAtIndex(place) for place in range(many)]
    except GLib.Error:
        return
    for node in below:
        if node is None:
            continue
        try:
            seen = node.getState().contains(pyatspi.STATE_SHOWING)
        except GLib.Error:
            continue
        if seen:
            yield node
        yield from nodes(node) if seen else ()


def actions(node: Any) -> list[str]:
    """Return the names of what can be done with something."""
    try:
        found = node.queryAction()
    except (NotImplementedError, GLib.Error):
        return []
    return [found.getName(place) for place in range(found.nActions)]


def until(see: Callable[[], Any], what: str) -> Any:
    """Return what `see` finds as soon as it does, asking again where something vanished while it was asked."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        _listen()
        try:
            if found := see():
                return found
        except GLib.Error:
            pass
        time.sleep(BLINK)
    raise AssertionError(f"{what} did not come; there is: {said()}")


def _listen() -> None:
    """Take in what the app announced by now."""
    loop = GLib.MainContext.default()
    while loop.iteration(may_block=False):
        pass


def said() -> list[str]:
    """Return everything that can be heard now."""
    return [f"{node.getRoleName()} {node.name!r}" for node in nodes(app) if node.name]


def seen(role: str, name: str, root: Any = None) -> Any:
    """Return what has this role and a name that begins so, where it is there and can be used."""
    for node in nodes(root or app):
        if node.getRoleName() == role and node.name == name:
            return node if node.getState().contains(pyatspi.STATE_ENABLED) else None
    return None


def find(role: str, name: str, root: Any = None) -> Any:
    """Wait for something of this role and name."""
    return until(lambda: seen(role, name, root), f"{role} {name!r}")


def press(role: str, name: str, root: Any = None) -> None:
    """Do the first thing that something offers."""
    node = find(role, name, root)
    assert actions(node), f"nothing can be done with {role} {name!r}"
    node.queryAction().doAction(0)


def write(role: str, name: str, text: str) -> None:
    """Put a text into a field."""
    find(role, name).queryEditableText().setTextContents(text)


def window(title: str) -> Any:
    """Return the window or dialog over the main one whose title begins so."""
    others = (one for one in app if one and one.getRoleName() in {"dialog", "frame", "alert"})
    return next(
        (one for one in others if one.name.startswith(title) and one.name != "Bankview"), None
    )


def gone(title: str) -> bool:
    """Return whether no window of this title is there."""
    return window(title) is None


def audible(part: str) -> Any:
    """Return the first thing whose name holds `part`."""
    return next((node for node in nodes(app) if part in node.name), None)


def window_of(pid: int) -> Any:
    """Return the app of a process once it is on the bus of assistive technology."""
    desktop = pyatspi.Registry.getDesktop(0)
    desktop.set_cache_mask(Atspi.Cache.NONE)

    def look() -> Any:
        return next((one for one in desktop if one and one.get_process_id() == pid), None)

    return until(look, "the app")


def open_menu(role: str, name: str, *entries: str) -> None:
    """Choose an entry of the menu that something opens, each but the last one the way to a menu below it."""
    # A menu or a question with a loop of its own lets the call answer only once it is closed again.
    for what in ((role, name), *(("menu item", entry) for entry in entries)):
        with suppress(GLib.Error):
            press(*what)


def connect(profile: str) -> None:
    """Connect a bank from its profile file, keep its accounts, and wait for their rows."""
    press("push button", "Open a file…")
    write("text", "File name:", profile)
    press("push button", "Open")
    look("connect")
    press("push button", until(lambda: audible("Show 4 accounts"), "accounts").name)
    look("recovery key")
    press("check box", "I have kept it in a safe place")
    press("push button", "Done")
    until(lambda: audible(" new"), "news of the first update")


def search(words: str) -> int:
    """Search, and return how many rows are found, fewer than before."""
    table = find("table", "Transactions").queryTable()
    before = table.nRows
    write("text", "Search transactions", words)
    until(lambda: 0 < table.nRows < before, f"fewer rows for {words}")
    until(lambda: audible(" shown "), "their sum")
    return int(table.nRows)


def first_row(name: str, root: Any = None) -> dict[str, str]:
    """Return the first row's cells of the table of this name by the names of their columns."""

    def read() -> dict[str, str]:
        table = find("table", name, root).queryTable()
        heads = [table.getColumnHeader(column).name for column in range(table.nColumns)]
        cells = [table.getAccessibleAt(0, column).name for column in range(table.nColumns)]
        return dict(zip(heads, cells, strict=True))

    row: dict[str, str] = until(read, f"the first row of {name}")
    return row


def open_detail() -> list[str]:
    """Choose the first row, and return what the pane of its details says."""
    table = find("table", "Transactions").queryTable()

    def chosen() -> Any:
        payee = table.getAccessibleAt(0, 1)
        # News of the update may take the choice away again.
        if not payee.getState().contains(pyatspi.STATE_SELECTED):
            payee.queryAction().doAction(0)
        pane = seen("filler", "Transaction details")
        return pane if pane and seen("label", payee.name.partition(",")[0], pane) else None

    def read() -> list[str]:
        pane = chosen()
        return [node.name for node in nodes(pane) if node.name] if pane else []

    names: list[str] = until(read, "the row's details")
    return names


def export(target: str) -> None:
    """Export what is shown as Standard CSV."""
    open_menu("push button", "Export…", "Export…")
    kinds = find("list", "Kind of file")
    look("export")
    kind = until(partial(named, kinds, "Standard"), "Standard CSV")
    kind.queryAction().doAction(0)
    press("push button", "Save file…")
    write("text", "File name:", target)
    press("push button", "Save")
    until(lambda: audible("rows saved"), "the end of the export")


def look(place: str) -> None:
    """Look at everything that is here at once."""
    until(partial(_looked, place), f"a whole look at {place}")


def _looked(place: str) -> bool:
    """Note every control here that has no name, or a role that says nothing."""
    for node in nodes(app):
        usable = node.getState().contains(pyatspi.STATE_FOCUSABLE) or actions(node)
        role = node.getRoleName()
        if usable and role not in NAMELESS and not node.name.strip():
            faults.add(f"{place}: {role} without a name, {_way(node)}")
        if usable and role in MEANINGLESS:
            faults.add(f"{place}: {node.name!r} is of an unknown role, {_way(node)}")
    return True


def _way(node: Any) -> str:
    """Return the names of what lies around a nameless thing."""
    names: list[str] = []
    while (node := node.parent) and node.getRoleName() != "application":
        names.append(node.name or node.getRoleName())
    return " in ".join(names)


def walk() -> None:
    """Look at every page, and at every dialog that the menu opens."""
    tree = find("tree", "Accounts")
    for page, part in PAGES.items():
        row = until(partial(named, tree, page), page)
        row.queryAction().doAction(0)
        until(partial(audible, part), page)
        if page == "Charts":
            look_at_charts()
        look(page)
    for entry, (title, leave) in DIALOGS.items():
        open_menu("push button", "Menu", entry)
        until(partial(window, title), title)
        look(entry)
        if leave:
            press("push button", leave, window(title))
            until(partial(gone, title), f"the end of {title}")
    offered = find("list", "What can be chosen")
    for entry in ("Overview", "Brukskonto", "Update all"):
        until(partial(named, offered, entry), f"{entry} among what can be gone to")


def explore() -> dict[str, str]:
    """Choose the bank, open its explorer, ask for the accounts, and return the cells of the first one."""
    tree = find("tree", "Accounts")
    bank = until(partial(named, tree, BANK), BANK)
    bank.queryAction().doAction(0)
    open_menu("push button", "Menu", BANK, "Explore the API…")
    write("text", "Path below the bank's root address", "accounts")
    press("push button", "Send")
    account = first_row("Answer as a table")
    look("explorer")
    return account


def look_at_charts() -> None:
    """Note every chart that does not say what it shows, and read the numbers of one of them in its table."""
    found = until(lambda: [one for one in nodes(app) if one.getRoleName() == "chart"], "charts")
    for one in found:
        until(partial(getattr, one, "description"), f"what {one.name} shows")
        charts.append(one.name)
    shown = until(lambda: next((one for one in found if SHOW_TABLE in actions(one)), None), "rows")
    with suppress(GLib.Error):
        shown.queryAction().doAction(actions(shown).index(SHOW_TABLE))
    dialog = until(partial(window, shown.name), "its table")
    row = first_row(shown.name, dialog)
    if not (all(row) and all(row.values())):
        faults.add(f"{shown.name}: {row}")
    press("push button", "Close", dialog)
    until(partial(gone, shown.name), "the end of its table")


def named(root: Any, beginning: str) -> Any:
    """Return what is below `root` and has a name that begins so."""
    return next((node for node in nodes(root) if node.name.startswith(beginning)), None)


app: Any = None
faults: set[str] = set()
charts: list[str] = []
announced: list[str] = []


def main(pid: int, profile: str, words: str, target: str) -> None:
    """Do the main job, look at everything else, and say what was heard on the way."""
    global app  # noqa: PLW0603 - one app is walked through
    app = window_of(pid)
    pyatspi.Registry.registerEventListener(
        lambda event: announced.append(str(event.any_data)), "object:announcement"
    )
    look("first run")
    connect(profile)
    found = search(words)
    row, detail = first_row("Transactions"), open_detail()
    look("transactions")
    export(target)
    explored = explore()
    walk()
    said = {"charts": charts, "found": found, "row": row, "detail": detail, "explored": explored}
    print(json.dumps({**said, "announced": announced, "faults": sorted(faults)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
