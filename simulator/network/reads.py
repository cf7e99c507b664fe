"""What `kubectl get` in a container reads from the API server: one object, or all that a selector picks. RBAC is not simulated."""

from __future__ import annotations

from typing import Any

from simulator.journal.store import Store
from simulator.manifest.selectors import parse_labels
from simulator.objects.kinds import Key, Kind, kind_for_word, to_builtins
from simulator.process.world import ApiGet

Found = dict[str, Any] | list[dict[str, Any]] | str | None


def read_objects(store: Store, request: ApiGet, namespace: str) -> Found:
    """The object (None: not found), a list of them, or the server's refusal; `namespace` is the pod's own."""
    kind = kind_for_word(request.kind)
    where = namespace if request.namespace is None else request.namespace
    name = kind.name if kind is not None else _custom(store, request.kind)
    if name is None:
        return f'error: the server doesn\'t have a resource type "{request.kind}"'
    if request.name is not None:
        item = store.get(Key(name, where if _namespaced(kind) else "", request.name))
        return None if item is None else to_builtins(item)
    wanted = parse_labels(request.selector) if request.selector else []
    found = [
        item
        for item in store.objects(name, None if where == "*" or not _namespaced(kind) else where)
        if all(term.matches(item.metadata.labels) for term in wanted)
    ]
    return [to_builtins(item) for item in sorted(found, key=lambda item: (item.metadata.namespace, item.metadata.name))]


def _namespaced(kind: Kind | None) -> bool:
    return kind is None or kind.namespaced


def _custom(store: Store, word: str) -> str | None:
    """The kind of custom objects that somebody means by `widget`, `widgets` or `widgets.example.com`; None: nobody has made one."""
    singular = word.lower().partition(".")[0]
    for kind in [kind for kind in store.kinds() if "." in kind]:
        own = kind.partition(".")[0].lower()
        if singular in (own, f"{own}s", f"{own}es"):
            return kind
    return None
