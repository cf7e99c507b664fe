"""The page: one HTML file that contains its style, its scripts and the run, without external resources.

`assets/report.html` is built from `web/` by `make web`.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from html import escape
from importlib.resources import files
from types import MappingProxyType

from simulator.journal.snapshot import Snapshot
from simulator.views.page.content import content
from simulator.views.page.manifests import Sources

_SLOT = re.compile(r"\{\{(title|data)\}\}")


def page(snapshot: Snapshot, title: str, kubectl: str = "", sources: Sources = MappingProxyType({})) -> str:
    """A run up to the snapshot's instant as a page with a time slider. The same journal gives the same bytes.

    `sources`: the text of the files that the run was made from.
    """
    data = json.dumps(content(snapshot, title, kubectl, sources), separators=(",", ":"), ensure_ascii=False).encode()
    template = files("simulator.views.page").joinpath("assets", "report.html").read_text("utf-8")
    filled = {
        "title": escape(title),
        # zlib's format: unlike gzip's, its header has no time and no operating system.
        "data": base64.b64encode(zlib.compress(data, 9)).decode(),
    }
    return _SLOT.sub(lambda slot: filled[slot[1]], template)
