"""Kubernetes' clients for Python, JavaScript and Go in a program's text: which objects it reads, and which requests it makes besides."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simulator.userland.inline.needs import Need
from simulator.userland.inline.values import Values, inside, split_at_commas

_IMPORTED = re.compile(r"\bfrom\s+kubernetes(?:_asyncio)?\b|\bimport\s+kubernetes|@kubernetes/client-node|k8s\.io/client-go")
_CALL = re.compile(r"\.(?P<name>[a-z]\w*)\s*(?=\()")
_METHOD = re.compile(
    r"(?P<verb>list|read|create|delete_collection|delete|patch|replace)_(?P<namespaced>namespaced_)?(?P<resource>[a-z_]+?)"
    r"(?P<everywhere>_for_all_namespaces)?(?:_(?P<sub>status|scale|log|eviction|binding|token))?(?:_with_http_info)?"
)
_VERBS = {"read": "get", "replace": "update", "delete_collection": "deletecollection"}
"""The API's verbs where a method has another word."""
_GO_CALL = re.compile(
    r"\.(?P<resource>[A-Z]\w+)\((?P<place>[^()]*)\)\.(?P<verb>Get|List|Watch|Create|Update|UpdateStatus|Patch|Delete)\s*(?=\()"
)
_GO_PACKAGE = re.compile(r"\w+\.NamespaceAll|\"\"")
_NAMED = re.compile(r"(\w+)\s*[=:](?![=:])\s*(.*)", re.DOTALL)
_EVERYWHERE = "*"

Needs = Iterator[tuple[int, Need]]


def cluster_objects(text: str, values: Values) -> Needs:
    """The objects that `v1.list_namespaced_pod("shop")` and its like read, each with its place in the text.

    What cannot be read of the arguments is the pod's own namespace, or no name. Of other requests than reads, and of reads of what the
    program itself creates, only the permission is needed.
    """
    if not _IMPORTED.search(text):
        return
    requests = sorted((*_methods(text, values), *_go_calls(text, values)), key=lambda item: item[0])
    created = {need.name.partition("/")[0] for _, need in requests if need.verb == "create"}
    for at, need in requests:
        own = need.name.partition("/")[0] in created and not need.verb
        yield at, need._replace(verb="get" if "/" in need.name else "list") if own else need


def _methods(text: str, values: Values) -> Needs:
    """Python's `read_namespaced_pod(name, namespace)`, JavaScript's `readNamespacedPod({name, namespace})`."""
    for match in _CALL.finditer(text):
        method = _METHOD.fullmatch(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", match["name"]).lower())
        if method is None:
            continue
        kind, verb = method["resource"].replace("_", ""), method["verb"]
        named, plain = _arguments(inside(text, match.end()))
        has_name = verb in ("read", "delete", "patch", "replace")
        name = values.of(named.get("name", plain.pop(0) if plain and has_name else "")) if has_name else ""
        place = values.of(named.get("namespace", plain[0] if plain else "")) if method["namespaced"] else None
        if verb == "read" and not name:
            continue
        where = place or (_EVERYWHERE if method["everywhere"] else None)
        only_permission = "" if verb in ("list", "read") and not method["sub"] else _VERBS.get(verb, verb)
        yield match.start(), Need("api", f"{kind}/{name}" if name else kind, 0, where, only_permission, method["sub"] or "")


def _go_calls(text: str, values: Values) -> Needs:
    """Go's `clientset.CoreV1().Pods("shop").Get(ctx, "db-0", ...)`."""
    for match in _GO_CALL.finditer(text):
        verb = match["verb"].lower()
        plain = split_at_commas(inside(text, match.end()))
        has_name = verb in ("get", "delete", "patch")
        name = values.of(plain[1]) if has_name and len(plain) > 1 else ""
        if verb == "get" and not name:
            continue
        place = match["place"].strip()
        where = _EVERYWHERE if _GO_PACKAGE.fullmatch(place) else values.of(place) if place else None
        sub, verb = ("status", "update") if verb == "updatestatus" else ("", verb)
        kind = match["resource"].lower()
        yield match.start(), Need("api", f"{kind}/{name}" if name else kind, 0, where, "" if verb in ("get", "list") else verb, sub)


def _arguments(text: str) -> tuple[dict[str, str], list[str]]:
    """The arguments by name, and those without a name. JavaScript's names are those of an object, where a word may be name and value."""
    text = text.strip()
    is_object = text.startswith("{")
    parts = split_at_commas(inside(text, 0) if is_object else text)
    named = {match[1]: match[2] for part in parts if (match := _NAMED.fullmatch(part))}
    plain = [part for part in parts if not _NAMED.fullmatch(part)]
    return ({**named, **{word: word for word in plain}}, []) if is_object else (named, plain)
