"""Globs as `fnmatch` has them. The common ones, with at most one `*`, match without a regular expression: tables have hundreds of them."""

from __future__ import annotations

from fnmatch import fnmatchcase


def glob_matches(text: str, glob: str) -> bool:
    """Whether a glob (`*`, `?`, `[...]`) matches a whole text, case included."""
    if "?" in glob or "[" in glob:
        return fnmatchcase(text, glob)
    head, star, tail = glob.partition("*")
    if not star:
        return text == glob
    if not text.startswith(head):
        return False
    if "*" in tail:
        return fnmatchcase(text, glob)
    return len(text) >= len(head) + len(tail) and text.endswith(tail)
