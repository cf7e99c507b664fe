"""Text quoted for the shell, as `set -x`, `trap` and `${x@Q}` print it."""

from __future__ import annotations

import re

_SAFE = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")


def quote(text: str) -> str:
    """One shell word that means `text`: unchanged if nothing in it is special, else in single quotes."""
    return text if _SAFE.fullmatch(text) else "'" + text.replace("'", "'\\''") + "'"
