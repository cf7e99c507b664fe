"""Reads of the API server from inside a container: one object, or all that match a selector."""

from __future__ import annotations

from typing import Any

from simulator.api.authorization.access import Access
from simulator.api.authorization.request import AccessDenied, request_for
from simulator.api.authorization.tokens import has_token, pod_user
from simulator.journal.store import Store
from simulator.manifest.selectors import parse_labels
from simulator.objects.kinds import Key, Kind, kind_for_word, to_builtins
from simulator.objects.pod import Pod
from simulator.process.host import Reply
from simulator.process.world import ApiGet

NO_SERVER = "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
"""What kubectl prints without credentials: it tries the default address."""
ReadResult = dict[str, Any] | list[dict[str, Any]] | str | None


def read_objects(store: Store, request: ApiGet, namespace: str) -> ReadResult:
    """The object (None: not found), a list of them, or the server's refusal; `namespace` is the pod's own."""
    if request.verb:
        return []
    kind = kind_for_word(request.kind)
    where = namespace if request.namespace is None else request.namespace
    name = kind.name if kind is not None else _custom(store, request.kind)
    if name is None:
        return f'error: the server doesn\'t have a resource type "{request.kind}"'
    if request.name is not None:
        item = store.get(Key(name, where if _namespaced(kind) else "", request.name))
        return None if item is None else to_builtins(item)
    selector = parse_labels(request.selector) if request.selector else []
    items = [
        item
        for item in store.objects(name, None if where == "*" or not _namespaced(kind) else where)
        if all(term.matches(item.metadata.labels) for term in selector)
    ]
    return [to_builtins(item) for item in sorted(items, key=lambda item: (item.metadata.namespace, item.metadata.name))]


def refused_read(store: Store, request: ApiGet, pod: Pod, container: str) -> Reply | None:
    """The answer to a read that the container may not make, or has no token for; None: it may.

    Like `ApiGet`, it is sent by programs that use kubectl or a client library inside.
    """
    if not has_token(pod, container):
        return Reply(NO_SERVER)
    kind = kind_for_word(request.kind)
    if kind is None:
        return None
    namespace = pod.metadata.namespace if request.namespace is None else request.namespace.replace("*", "")
    verb = request.verb or ("get" if request.name else "list")
    try:
        Access(store, pod_user(pod)).check(request_for(verb, kind, namespace, request.name or "", request.subresource))
    except AccessDenied as error:
        return Reply(f"Error from server ({error.reason}): {error.message}", denied=error)
    return None


def _namespaced(kind: Kind | None) -> bool:
    return kind is None or kind.namespaced


def _custom(store: Store, word: str) -> str | None:
    """The kind of custom objects behind `widget`, `widgets` or `widgets.example.com`; None: no such object exists."""
    singular = word.lower().partition(".")[0]
    for kind in [kind for kind in store.kinds() if "." in kind]:
        own = kind.partition(".")[0].lower()
        if singular in (own, f"{own}s", f"{own}es"):
            return kind
    return None
