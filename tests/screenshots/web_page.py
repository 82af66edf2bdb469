"""The page of all pictures: plain HTML that works from the folder alone."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.screenshots.looks import Look
    from tests.screenshots.scene import Scene

_HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Bankview, every window</title>
<meta name="viewport" content="width=device-width"><style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1a1c20; background: #f3f4f6 }
nav a { margin-right: 1rem } section { display: flex; flex-wrap: wrap; gap: 1.5rem }
figure { margin: 0; width: 22rem } figcaption { font-size: 13px; color: #5a616b }
img { width: 100%; height: 14rem; object-fit: contain; object-position: left top; background: #d3d6db }
</style>
<h1>Bankview, every window</h1>
"""


def write(pictures: Iterable[tuple[Scene, Look]]) -> str:
    """Return the page of these pictures, grouped by window."""
    found = sorted(pictures, key=lambda one: (one[0].group, one[0].title))
    groups = dict.fromkeys(scene.group for scene, _ in found)
    parts = [_HEAD, "<nav>", *(f'<a href="#{escape(g)}">{escape(g)}</a>' for g in groups), "</nav>"]
    for scene, of_scene in groupby(found, key=lambda one: one[0]):
        if scene.group in groups:
            groups.pop(scene.group)
            parts.append(f'<h2 id="{escape(scene.group)}">{escape(scene.group)}</h2>')
        parts.append(f"<h3>{escape(scene.title)}</h3><section>")
        parts.extend(_figure(file_name(scene, look), look.name) for _, look in of_scene)
        parts.append("</section>")
    return "\n".join(parts) + "\n"


def file_name(scene: Scene, look: Look) -> str:
    """Return the name of a picture's file."""
    return f"{scene.file}.{look.file}.png"


def _figure(file: str, words: str) -> str:
    picture = f'<img src="{escape(file)}" alt="{escape(words)}" loading="lazy">'
    return f'<figure><a href="{escape(file)}">{picture}</a><figcaption>{escape(words)}</figcaption></figure>'
