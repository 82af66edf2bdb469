"""The project's own files agree with each other, and carry what they should and nothing else."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import bankview

ROOT = Path(__file__).parents[1]
ID = "io.github.bankview.Bankview"
LINUX = ROOT / "packaging" / "linux"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
README = (ROOT / "README.md").read_text("utf-8")
METAINFO = ET.parse(LINUX / f"{ID}.metainfo.xml").getroot()
#: Built, fetched or kept beside the sources, and no part of them.
BESIDE = {"build", "dist", "demo", "__pycache__"}


def sources() -> list[Path]:
    """Return every file of the project itself."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder)
        folders[:] = [
            name
            for name in folders
            if name not in BESIDE and (name == ".ci" or not name.startswith("."))
        ]
        found += [here / name for name in files if not name.endswith((".pyc", ".egg-info"))]
    return sorted(found)


def requirement_name(line: str) -> str:
    return re.split(r"[<>=~!;\[ ]", line, maxsplit=1)[0]


def readme_table(heading: str) -> set[str]:
    """Return the first cells of the table below a heading."""
    section = README.partition(f"{heading}\n")[2].partition("\n#")[0]
    return {row.split("|")[1].strip() for row in section.splitlines() if row.startswith("|")}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What a freshly built wheel carries."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_readme_opens_with_the_two_commands() -> None:
    opening = README.partition("\n## ")[0]
    assert "make demo" in opening
    assert "make install" in opening


def test_the_readme_shows_pictures_that_are_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_dependency_has_its_line_in_the_readme() -> None:
    named = {requirement_name(line) for line in PROJECT["dependencies"]}
    assert named == readme_table("### Dependencies") - {"package", "---"}


def test_every_target_is_listed_by_make_help() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    targets = re.findall(r"^\.PHONY: (\S+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {line.split()[1] for line in listed.splitlines()} == set(targets)


def test_the_wheel_carries_the_package_and_its_resources_and_nothing_else(wheel: set[str]) -> None:
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if path.is_relative_to(ROOT / "bankview")
    } | {
        f"bankview/_resources/{path.relative_to(ROOT / 'resources').as_posix()}"
        for path in sources()
        if path.is_relative_to(ROOT / "resources")
    }
    assert wheel == expected


def test_one_version_everywhere() -> None:
    assert PROJECT["version"] == bankview.__version__
    release = METAINFO.find("releases/release")
    assert release is not None
    assert release.get("version") == PROJECT["version"]


def test_the_menu_entry_is_valid() -> None:
    validate = shutil.which("desktop-file-validate")
    if not validate:
        pytest.skip("desktop-file-validate is not installed")
    result = subprocess.run(
        [validate, str(LINUX / f"{ID}.desktop")], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_menu_entry_metainfo_and_icon_share_one_name() -> None:
    entry = configparser.RawConfigParser()
    entry.read(LINUX / f"{ID}.desktop", "utf-8")
    assert entry["Desktop Entry"]["Icon"] == ID
    assert METAINFO.findtext("id") == ID
    assert METAINFO.findtext("launchable") == f"{ID}.desktop"
    assert (ROOT / "resources" / "icons" / f"{ID}.svg").exists()


def test_no_file_names_the_folder_it_was_made_in() -> None:
    for path in sources():
        if path.suffix not in {".png", ".ico"}:
            assert bytes(ROOT) not in path.read_bytes(), path.relative_to(ROOT)
