"""The names of images."""

from __future__ import annotations


def reference(image: str) -> tuple[str, str]:
    """Repository and tag, without digest, registry, `library/` and the prefix of a mirror."""
    name = image.partition("@")[0]
    head, colon, last = name.rpartition(":")
    name, tag = (head, last) if colon and "/" not in last else (name, "latest")
    host, slash, rest = name.partition("/")
    if slash and ("." in host or ":" in host or host == "localhost"):
        name = rest
    before, library, official = name.rpartition("library/")
    return (official if library and (not before or before.endswith("/")) else name), tag
