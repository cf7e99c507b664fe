"""Kubernetes' Python client in a program's text: which objects it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simulator.userland.inline.needs import Need
from simulator.userland.inline.values import Values, inside, split_at_commas

_IMPORTED = re.compile(r"\b(?:from\s+kubernetes(?:_asyncio)?\b|import\s+kubernetes)")
_READ = re.compile(
    r"\.(?P<verb>list|read)_(?P<namespaced>namespaced_)?(?P<resource>[a-z_]+?)"
    r"(?P<everywhere>_for_all_namespaces)?(?:_status|_scale|_with_http_info)?\s*(?=\()"
)
_NAMED = re.compile(r"(\w+)\s*=(?!=)\s*(.*)", re.DOTALL)


def cluster_objects(text: str, values: Values) -> Iterator[tuple[int, Need]]:
    """The objects that `v1.list_namespaced_pod("shop")` and its like read, each with its place in the text.

    What cannot be read of the arguments is the pod's own namespace, or no name.
    """
    if not _IMPORTED.search(text):
        return
    for match in _READ.finditer(text):
        kind = match["resource"].replace("_", "")
        named, plain = _arguments(inside(text, match.end()))
        if match["verb"] == "read":
            name = values.of(named.get("name", plain[0] if plain else ""))
            place = named.get("namespace", plain[1] if len(plain) > 1 else "")
            if not name:
                continue
            yield match.start(), Need("api", f"{kind}/{name}", namespace=values.of(place) or None)
            continue
        place = named.get("namespace", plain[0] if plain else "")
        everywhere = "*" if match["everywhere"] else None
        yield match.start(), Need("api", kind, namespace=(values.of(place) if match["namespaced"] else None) or everywhere)


def _arguments(text: str) -> tuple[dict[str, str], list[str]]:
    """The arguments by name, and those without a name."""
    parts = split_at_commas(text)
    named = {match[1]: match[2] for part in parts if (match := _NAMED.fullmatch(part))}
    return named, [part for part in parts if not _NAMED.fullmatch(part)]
