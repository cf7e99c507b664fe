"""The page: one HTML file that contains its style, its scripts and the run, without external resources.

`assets/report.html` is built from `web/` by `make web`.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from html import escape
from importlib.resources import files

from simulator.journal.snapshot import Snapshot
from simulator.views.page.content import content

_SLOT = re.compile(r"\{\{(title|data)\}\}")


def page(snapshot: Snapshot, title: str, kubectl: str = "") -> str:
    """A run up to the snapshot's instant as a page with a time slider. The same journal gives the same bytes."""
    data = json.dumps(content(snapshot, title, kubectl), separators=(",", ":"), ensure_ascii=False).encode()
    template = files("simulator.views.page").joinpath("assets", "report.html").read_text("utf-8")
    filled = {
        "title": escape(title),
        "data": base64.b64encode(gzip.compress(data, mtime=0)).decode(),
    }
    return _SLOT.sub(lambda slot: filled[slot[1]], template)
