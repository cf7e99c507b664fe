"""POST of a subresource that is no part of an object, but does something to a pod: an eviction, a binding."""

from __future__ import annotations

from simulator.api.bodies import decode_body
from simulator.api.errors import ApiError, not_found
from simulator.api.eviction import evict
from simulator.api.options import Query, delete_options
from simulator.api.pods import bind
from simulator.api.server import ApiServer
from simulator.dialect import Dialect
from simulator.journal.records import Cause
from simulator.objects.base import JSON
from simulator.objects.kinds import Key
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod

KINDS = {"eviction": "Eviction", "binding": "Binding"}


def body_of(data: bytes, content_type: str, part: str) -> JSON:
    """The body of such a request. Raises ApiError."""
    return decode_body(data, content_type, KINDS[part]).value if data else {}


def is_dry(query: Query, body: JSON) -> bool:
    """Whether nothing is to change: an eviction can also say so in the options of its deletion."""
    return "All" in (*query.get("dryRun", ()), *((body.get("deleteOptions") or {}).get("dryRun") or ()))


def post_part(api: ApiServer, dialect: Dialect, key: Key, part: str, body: JSON, cause: Cause) -> None:
    """Evict or bind a pod. Raises ApiError."""
    name = (body.get("metadata") or {}).get("name") or ""
    if name != key.name and part == "eviction":
        raise ApiError("BadRequest", "name in URL does not match name in Eviction object")
    if part == "binding":
        _bind(api, key, body, cause)
        return
    pod = api.store.get(key)
    if not isinstance(pod, Pod):
        raise not_found(key)
    evict(api, pod, delete_options({}, body.get("deleteOptions") or {}, dialect).deletion, cause)


def _bind(api: ApiServer, key: Key, body: JSON, cause: Cause) -> None:
    """Bind a pod to the node that a Binding names. Raises ApiError."""
    node = str((body.get("target") or {}).get("name") or "")
    if not node:
        raise ApiError("", "target.name: Required value")
    pod = api.store.get(key)
    if isinstance(pod, Pod) and (pod.spec.node_name or is_being_deleted(pod)):
        where = f'pod {key.name} is already assigned to node "{pod.spec.node_name}"'
        why = where if pod.spec.node_name else f"pod {key.name} is being deleted, cannot be assigned to a host"
        about = {"name": key.name, "kind": "pods/binding"}
        raise ApiError("Conflict", f'Operation cannot be fulfilled on pods/binding "{key.name}": {why}', about)
    bind(api, key, node, cause)
