"""The page itself: one HTML file with style, script and the run inside it, which fetches nothing."""

from __future__ import annotations

import base64
import gzip
import json
import re
from html import escape
from importlib.resources import files

from simulator.journal.snapshot import Snapshot
from simulator.views.page.content import content

SCRIPTS = ("texts.js", "lanes.js", "page.js")
"""In the order in which they need each other."""
_SLOT = re.compile(r"\{\{(\w+)\}\}")


def page(snapshot: Snapshot, title: str, kubectl: str = "") -> str:
    """A run up to the snapshot's instant as a page to scrub through. The same journal gives the same bytes."""
    told = json.dumps(content(snapshot, title, kubectl), separators=(",", ":"), ensure_ascii=False).encode()
    filled = {
        "title": escape(title),
        "style": _asset("page.css"),
        "script": "\n".join(_asset(name) for name in SCRIPTS).replace("\nexport ", "\n"),
        "data": base64.b64encode(gzip.compress(told, mtime=0)).decode(),
    }
    return _SLOT.sub(lambda slot: filled[slot[1]], _asset("page.html"))


def _asset(name: str) -> str:
    return files("simulator.views.page").joinpath("assets", name).read_text("utf-8")
