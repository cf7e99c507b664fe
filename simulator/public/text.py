"""Printed text that notebooks show as it is."""

from __future__ import annotations

from html import escape

STYLE = "font-family: monospace; line-height: 1.2; white-space: pre; overflow-x: auto"
"""Columns stay columns, whatever the page around them does with <pre>."""


class Text(str):
    """What a command printed. Its representation is the text itself, not quoted."""

    __slots__ = ()

    def __repr__(self) -> str:
        return self.rstrip("\n")

    def _repr_html_(self) -> str:
        return f'<pre style="{STYLE}">{escape(self)}</pre>'
