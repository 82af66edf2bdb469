"""What a person reads: that all of it is said in every language, and which language that is."""

from __future__ import annotations

import ast
import json
import os
import string
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bankview import language
from tests.languages import ROOT, TAKES, collected, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHERS = sorted(language.LANGUAGES.keys() - {"en"})
#: What shows its first text to a person.
SHOWS = {
    *("Text", "Link", "QLabel", "QPushButton", "QCheckBox", "QRadioButton", "QAction", "QGroupBox"),
    *("setText", "setTitle", "setToolTip", "setStatusTip", "setWhatsThis", "setWindowTitle"),
    *("setAccessibleName", "setAccessibleDescription", "setPlaceholderText", "setInformativeText"),
    *(
        "setHeaderLabels",
        "addAction",
        "addMenu",
        "addTab",
        "addRow",
        "setPlainText",
        "print",
        "tell",
    ),
}
#: Names, and words of a protocol: the same in every language.
SAME = {"Bankview", "GET"}


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    language.use("en")


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("tag", OTHERS)
def test_a_catalogue_has_every_text_of_the_code_and_no_other(tag: str) -> None:
    said, _ = language.read(language.catalogue(tag))
    kept = language.catalogue(tag).read_text("utf-8")
    assert kept == written(tag, said), "run `make languages`, and say what is new"
    keys = {f"{key.context}\x04{key.text}" if key.context else key.text for key in collected()}
    assert said.keys() == keys, f"not said yet: {sorted(keys - said.keys())}"


@pytest.mark.parametrize("tag", OTHERS)
def test_a_translation_has_the_names_of_the_english_text(tag: str) -> None:
    said, _ = language.read(language.catalogue(tag))
    assert not [
        f"{key.text} → {form}"
        for key, second in collected().items()
        for form in said[f"{key.context}\x04{key.text}" if key.context else key.text]
        # One may be a word where many are a number.
        if (names(form) ^ names(key.text + second)) - ({"n"} if second else set())
    ]


@pytest.mark.parametrize("tag", OTHERS)
def test_a_translation_keeps_the_blanks_and_lines_at_its_edges(tag: str) -> None:
    def edges(text: str) -> tuple[int, int]:
        return len(text) - len(text.lstrip()), len(text) - len(text.rstrip())

    said, _ = language.read(language.catalogue(tag))
    english = {f"{k.context}\x04{k.text}" if k.context else k.text: k.text for k in collected()}
    assert not [
        form for key, forms in said.items() for form in forms if edges(form) != edges(english[key])
    ]


def literals(node: ast.expr) -> Iterator[str]:
    """Yield the texts with letters that are shown as they stand, in all branches of an expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if sum(letter.isalpha() for letter in node.value) > 1 and node.value not in SAME:
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.BoolOp | ast.List | ast.Tuple):
        for value in node.values if isinstance(node, ast.BoolOp) else node.elts:
            yield from literals(value)


def shown_literals(code: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            if name in SHOWS:
                found += [
                    f"{node.lineno}: {text}" for arg in node.args[:1] for text in literals(arg)
                ]
            for word in node.keywords:
                if word.arg in {"help", "description"} and name not in TAKES:
                    found += [f"{node.lineno}: {text}" for text in literals(word.value)]
    return found


def test_no_text_is_shown_as_it_stands() -> None:
    wrong = {}
    for room in ("ui", "cli"):
        for path in (ROOT / "bankview" / room).rglob("*.py"):
            found = shown_literals(path.read_text("utf-8"))
            if found:
                wrong[path.name] = found
    assert not wrong, "each goes through tr()"


@pytest.mark.parametrize(
    "code",
    [
        'label.setText("Hello")',
        'Text("Hello" if late else tr("Bye"))',
        'parser.add_argument("--x", help="what")',
        'view.setHeaderLabels(["Name", tr("Day")])',
    ],
)
def test_a_text_that_stands_alone_is_found(code: str) -> None:
    assert shown_literals(code)


@pytest.mark.parametrize(
    ("environment", "tag"),
    [
        ({"LANG": "nb_NO.UTF-8"}, "nb"),
        ({"LANG": "nn_NO.UTF-8"}, "nb"),
        ({"LANG": "no_NO"}, "nb"),
        ({"LANG": "fr_CA@euro"}, "fr"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "de_DE", "LC_ALL": "fr_FR"}, "fr"),
        ({"LANG": "de_DE", "LC_MESSAGES": "nb_NO"}, "nb"),
        ({"LANG": "nb_NO", "LANGUAGE": "sv:de:fr"}, "de"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "de"}, "en"),
        ({"LANG": "ja_JP"}, "en"),
        ({"LANG": "../../x"}, "en"),
    ],
)
def test_the_system_says_which_language_it_is(
    environment: dict[str, str], tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    language.use("")
    assert language.spoken() == tag


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("en", ["0 rows copied.", "1 row copied.", "2 rows copied."]),
        ("nb", ["0 rader kopiert.", "1 rad kopiert.", "2 rader kopiert."]),
        ("de", ["0 Zeilen kopiert.", "1 Zeile kopiert.", "2 Zeilen kopiert."]),
        ("fr", ["0 ligne copiée.", "1 ligne copiée.", "2 lignes copiées."]),
    ],
)
def test_each_language_counts_in_its_own_way(tag: str, said: list[str]) -> None:
    language.use(tag)
    assert [language.tr_n("{n} row copied.", "{n} rows copied.", n) for n in range(3)] == said


def test_one_word_of_two_meanings_has_two_translations() -> None:
    language.use("fr")
    assert language.tr("Apr", context="short") == "avr."
    assert language.tr("Apr") == "Apr"


def test_a_catalogue_may_be_written_by_another_editor(tmp_path: Path) -> None:
    path = tmp_path / "xx.po"
    path.write_text(
        'msgid ""\nmsgstr ""\n"Language: xx\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
        '# by hand\n#, fuzzy\nmsgid "One \\"two\\""\nmsgstr ""\n"Un "\n"\\"deux\\"\\n"\n\n'
        'msgid "Later"\nmsgstr ""\n',
        "utf-8",
    )
    assert language.read(path) == ({'One "two"': ['Un "deux"\n']}, "(n > 1)")


def run(home: Path, *words: str, tag: str = "") -> str:
    """Return what a command prints, and which modules of Qt it loads."""
    code = (
        "import sys; from bankview.cli.main import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith('PySide6')])"
    )
    environment = {**os.environ, "BANKVIEW_HOME": str(home), "LC_ALL": "en_GB", "LANGUAGE": tag}
    made = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        encoding="utf-8",
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
        check=True,
    )
    return made.stdout


def test_the_command_line_speaks_the_language_of_the_system_without_qt(tmp_path: Path) -> None:
    said = run(tmp_path, "--help", tag="nb")
    assert "hent det som er nytt" in said
    assert said.endswith("[]\n")


def test_the_setting_goes_before_the_system(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"language": "de"}), "utf-8")
    assert "holen, was neu ist" in run(tmp_path, "--help", tag="nb")
