"""The page: one HTML file that contains its style, its scripts and the run, without external resources."""

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
"""In order of dependency."""
_SLOT = re.compile(r"\{\{(\w+)\}\}")


def page(snapshot: Snapshot, title: str, kubectl: str = "") -> str:
    """A run up to the snapshot's instant as a page with a time slider. The same journal gives the same bytes."""
    data = json.dumps(content(snapshot, title, kubectl), separators=(",", ":"), ensure_ascii=False).encode()
    filled = {
        "title": escape(title),
        "style": _asset("page.css"),
        "script": "\n".join(_asset(name) for name in SCRIPTS).replace("\nexport ", "\n"),
        "data": base64.b64encode(gzip.compress(data, mtime=0)).decode(),
    }
    return _SLOT.sub(lambda slot: filled[slot[1]], _asset("page.html"))


def _asset(name: str) -> str:
    return files("simulator.views.page").joinpath("assets", name).read_text("utf-8")
