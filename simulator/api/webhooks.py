"""Admission webhooks (apiserver/pkg/admission/plugin/webhook): which requests they see, and what happens when nothing answers.

The code of webhooks is not run: one that can be reached allows what it sees, unchanged, unless the Scenario says otherwise.
Expressions of `matchConditions` are not evaluated: they count as true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from simulator.api.errors import ApiError
from simulator.journal.reads import Reads
from simulator.objects.config import Namespace
from simulator.objects.discovery import EndpointSlice
from simulator.objects.kinds import Key, Object, Unstructured, kind_for
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.meta import LabelSelector
from simulator.objects.selectors import Labels, matches
from simulator.objects.service import Service
from simulator.units import SECOND

CONFIGURATIONS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
"""Kinds that no webhook sees, so that a broken configuration can be mended."""
ANY = "*"
Answers = Mapping[str, tuple[str, int]]
"""By webhook: the message with which it denies every request (empty: it allows them), and how long it takes (ns)."""


class Request(NamedTuple):
    """A request as webhooks see it. `old`: the object before an update or a deletion."""

    operation: str
    item: Object
    old: Object | None = None


def call(kind: str, request: Request, reads: Reads, answers: Answers) -> None:
    """Send a request to the webhooks of all configurations of a kind. Raises ApiError (InternalError, Forbidden)."""
    if request.item.kind in CONFIGURATIONS:
        return
    configurations = sorted(reads.objects(kind), key=lambda item: item.metadata.name)
    for webhook in (one for item in configurations if isinstance(item, Unstructured) for one in item.content.get("webhooks") or []):
        if sees(webhook, request, reads):
            _send(webhook, reads, answers)


def _send(webhook: Mapping[str, Any], reads: Reads, answers: Answers) -> None:
    name, limit = webhook["name"], int(webhook.get("timeoutSeconds") or 10)
    denial, duration = answers.get(name, ("", 0))
    why = unreachable(webhook, reads) or ("context deadline exceeded" if duration > limit * SECOND else "")
    if why and webhook.get("failurePolicy") != "Ignore":
        text = f'failed calling webhook "{name}": failed to call webhook: Post "{url(webhook)}?timeout={limit}s": {why}'
        raise ApiError("InternalError", f"Internal error occurred: {text}")
    if not why and denial:
        raise ApiError("Forbidden", f'admission webhook "{name}" denied the request: {denial}')


# ---- what a webhook sees


def sees(webhook: Mapping[str, Any], request: Request, reads: Reads) -> bool:
    """Whether rules and selectors match a request."""
    labels = [one.metadata.labels for one in (request.item, request.old) if one is not None]
    if not any(_selected(webhook.get("objectSelector"), mine) for mine in labels):
        return False
    if not _selected(webhook.get("namespaceSelector"), *_namespace_labels(request.item, reads)):
        return False
    return any(_rule_matches(rule, request, exact=webhook.get("matchPolicy") == "Exact") for rule in webhook.get("rules") or [])


def _selected(selector: Any, labels: Labels | None = None) -> bool:
    """Whether a selector, in JSON, matches; without labels to look at everything matches."""
    if not selector or labels is None:
        return True
    return matches(msgspec.convert(selector, LabelSelector), labels)


def _namespace_labels(item: Object, reads: Reads) -> Iterator[Labels]:
    """The labels that the namespace selector checks: of the object's namespace, or its own; none for other cluster-wide objects."""
    if isinstance(item, Namespace):
        yield item.metadata.labels
    elif item.metadata.namespace:
        namespace = reads.get(Key("Namespace", "", item.metadata.namespace))
        yield namespace.metadata.labels if namespace is not None else {}


def _rule_matches(rule: Mapping[str, Any], request: Request, *, exact: bool) -> bool:
    """Whether a rule matches. Unless `exact`, another version of the same resource matches, too."""
    group, _, version = request.item.api_version.rpartition("/")
    kind = kind_for(request.item.api_version, request.item.kind)
    resource = kind.resource.partition(".")[0] if kind else f"{request.item.kind.lower()}s"
    scope = "Namespaced" if request.item.metadata.namespace else "Cluster"
    resources = rule.get("resources") or []
    return (
        _names(rule.get("operations"), request.operation)
        and _names(rule.get("apiGroups"), group)
        and (not exact or _names(rule.get("apiVersions"), version))
        and any(one in (ANY, "*/*", resource, f"{resource}/*") for one in resources)
        and rule.get("scope", ANY) in (ANY, scope)
    )


def _names(listed: Any, name: str) -> bool:
    return ANY in (listed or []) or name in (listed or [])


# ---- how it is reached


def url(webhook: Mapping[str, Any]) -> str:
    """Where requests go."""
    config = webhook.get("clientConfig") or {}
    service = config.get("service")
    if not service:
        return str(config.get("url", ""))
    path = "/" + str(service.get("path") or "").lstrip("/")
    return f"https://{service.get('name')}.{service.get('namespace')}.svc:{service.get('port') or 443}{path}"


def unreachable(webhook: Mapping[str, Any], reads: Reads) -> str:
    """Why the webhook's Service does not answer; empty when it does. A URL outside of the cluster is taken to answer."""
    ref = (webhook.get("clientConfig") or {}).get("service")
    if not ref:
        return ""
    name, namespace, port = str(ref.get("name")), str(ref.get("namespace")), int(ref.get("port") or 443)
    service = reads.get(Key("Service", namespace, name))
    if not isinstance(service, Service):
        return f'service "{name}" not found'
    if service.spec.type == "ExternalName":
        return ""
    if all(one.port != port for one in service.spec.ports):
        return f'no service port {port} found for service "{name}"'
    slices = [item for item in reads.typed(EndpointSlice, namespace) if item.metadata.labels.get(SERVICE_NAME) == name]
    ready = any(one.conditions is None or one.conditions.ready is not False for item in slices for one in item.endpoints or [])
    return "" if ready else f'no endpoints available for service "{name}"'
