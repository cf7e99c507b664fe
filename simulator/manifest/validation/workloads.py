"""Rules for Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController (pkg/apis/apps/validation, core)."""

from __future__ import annotations

from typing import Any

from simulator.dialect import Dialect
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors, forbidden, invalid, required, unsupported
from simulator.manifest.validation.internal import go_value, selector_value
from simulator.manifest.validation.meta import can_select, each, is_empty, label_selector, not_negative, object_meta, selects
from simulator.manifest.validation.pod import template
from simulator.manifest.validation.storage import claim_spec
from simulator.objects.base import JSON

RETENTIONS = ("Retain", "Delete")
NO_MATCH = "`selector` does not match template `labels`"


def deployment(item: JSON, dialect: Dialect) -> Errors:
    """A Deployment."""
    spec, path = item.get("spec") or {}, "spec"
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    yield from not_negative(f"{path}.replicas", spec.get("replicas"))
    yield from _selector(spec, path, "deployment")
    yield from _replicated_template(spec, path, dialect, "ReplicaSet")
    yield from _deployment_strategy(spec.get("strategy") or {}, f"{path}.strategy")
    yield from not_negative(f"{path}.minReadySeconds", spec.get("minReadySeconds"))
    yield from not_negative(f"{path}.revisionHistoryLimit", spec.get("revisionHistoryLimit"))
    deadline = spec.get("progressDeadlineSeconds")
    yield from not_negative(f"{path}.progressDeadlineSeconds", deadline)
    if deadline is not None and deadline <= (spec.get("minReadySeconds") or 0):
        yield invalid(f"{path}.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def replica_set(item: JSON, dialect: Dialect) -> Errors:
    """A ReplicaSet."""
    spec, path = item.get("spec") or {}, "spec"
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    yield from not_negative(f"{path}.replicas", spec.get("replicas"))
    yield from not_negative(f"{path}.minReadySeconds", spec.get("minReadySeconds"))
    yield from _selector(spec, path, "deployment")
    yield from _replicated_template(spec, path, dialect, "ReplicaSet")


def replication_controller(item: JSON, dialect: Dialect) -> Errors:
    """A ReplicationController: its selector is a plain map."""
    spec, path = item.get("spec") or {}, "spec"
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    yield from not_negative(f"{path}.minReadySeconds", spec.get("minReadySeconds"))
    chosen = spec.get("selector") or {}
    if not chosen:
        yield required(f"{path}.selector")
    yield from not_negative(f"{path}.replicas", spec.get("replicas"))
    # Without a selector there is nothing that the template could fail to match.
    yield from _matching(spec, {"matchLabels": chosen}, path)
    yield from template(spec.get("template") or {}, f"{path}.template", dialect)
    yield from _always(spec, path, "ReplicationController")


def _selector(spec: JSON, path: str, kind: str) -> Errors:
    selector = spec.get("selector")
    if selector is None:
        yield required(f"{path}.selector")
        return
    yield from label_selector(selector, f"{path}.selector")
    if is_empty(selector):
        yield invalid(f"{path}.selector", selector_value(selector), f"empty selector is invalid for {kind}")


def _replicated_template(spec: JSON, path: str, dialect: Dialect, kind: str) -> Errors:
    selector = spec.get("selector")
    if not can_select(selector):
        yield invalid(f"{path}.selector", selector_value(selector), "invalid label selector")
        return
    yield from _matching(spec, selector, path)
    yield from template(spec.get("template") or {}, f"{path}.template", dialect)
    yield from _always(spec, path, kind)


def _matching(spec: JSON, selector: JSON | None, path: str) -> Errors:
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if (selector is None or not is_empty(selector)) and not selects(selector, labels):
        yield invalid(f"{path}.template.metadata.labels", labels, NO_MATCH)


def _always(spec: JSON, path: str, kind: str) -> Errors:
    """Pods of a workload that keeps them running restart always, and have no deadline."""
    inner = (spec.get("template") or {}).get("spec") or {}
    if inner.get("restartPolicy") != "Always":
        yield unsupported(f"{path}.template.spec.restartPolicy", inner.get("restartPolicy", ""), ["Always"])
    if inner.get("activeDeadlineSeconds") is not None:
        yield forbidden(f"{path}.template.spec.activeDeadlineSeconds", f"activeDeadlineSeconds in {kind} is not Supported")


def _deployment_strategy(item: JSON, path: str) -> Errors:
    kind, rolling = item.get("type", ""), item.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            yield forbidden(f"{path}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
    elif kind != "RollingUpdate":
        yield unsupported(path, go_value("DeploymentStrategy", item), ["Recreate", "RollingUpdate"])
    else:
        unavailable, surge = (rolling or {}).get("maxUnavailable", 0), (rolling or {}).get("maxSurge", 0)
        yield from number_or_percent(unavailable, f"{path}.rollingUpdate.maxUnavailable")
        yield from number_or_percent(surge, f"{path}.rollingUpdate.maxSurge")
        if _worth(unavailable) == 0 and _worth(surge) == 0:
            yield invalid(f"{path}.rollingUpdate.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0")
        yield from at_most_all(unavailable, f"{path}.rollingUpdate.maxUnavailable")


def number_or_percent(value: Any, path: str) -> Errors:
    """A number of pods, or a share of them."""
    if isinstance(value, str):
        yield from each(path, value, names.percent(value))
    else:
        yield from not_negative(path, value)


def at_most_all(value: Any, path: str) -> Errors:
    """No share above all of them."""
    if isinstance(value, str) and not names.percent(value) and int(value[:-1]) > 100:
        yield invalid(path, value, "must not be greater than 100%")


def _worth(value: Any) -> int:
    if isinstance(value, str):
        return int(value[:-1]) if not names.percent(value) else int(value) if value.isdigit() else 0
    return int(value or 0)


def daemon_set(item: JSON, dialect: Dialect) -> Errors:
    """A DaemonSet."""
    spec, path = item.get("spec") or {}, "spec"
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    selector, labels = spec.get("selector"), ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    yield from label_selector(selector, f"{path}.selector")
    if can_select(selector) and not selects(selector, labels):
        yield invalid(f"{path}.template.metadata.labels", labels, NO_MATCH)
    if selector is not None and is_empty(selector):
        yield invalid(f"{path}.selector", selector_value(selector), "empty selector is invalid for daemonset")
    yield from template(spec.get("template") or {}, f"{path}.template", dialect)
    yield from _always(spec, path, "DaemonSet")
    yield from not_negative(f"{path}.minReadySeconds", spec.get("minReadySeconds"))
    yield from _daemon_strategy(spec.get("updateStrategy") or {}, f"{path}.updateStrategy")
    yield from not_negative(f"{path}.revisionHistoryLimit", spec.get("revisionHistoryLimit"))


def _daemon_strategy(item: JSON, path: str) -> Errors:
    kind, rolling = item.get("type", ""), item.get("rollingUpdate")
    if kind == "OnDelete":
        return
    if kind != "RollingUpdate":
        yield unsupported(path, go_value("DaemonSetUpdateStrategy", item), ["RollingUpdate", "OnDelete"])
        return
    if rolling is None:
        yield required(f"{path}.rollingUpdate")
        return
    values = {name: rolling.get(name, 0) for name in ("maxUnavailable", "maxSurge")}
    for name, value in values.items():
        yield from number_or_percent(value, f"{path}.rollingUpdate.{name}")
    for name, value in values.items():
        yield from at_most_all(value, f"{path}.rollingUpdate.{name}")
    unavailable, surge = _worth(values["maxUnavailable"]), _worth(values["maxSurge"])
    if unavailable and surge:
        yield invalid(f"{path}.rollingUpdate.maxSurge", values["maxSurge"], "may not be set when maxUnavailable is non-zero")
    elif not unavailable and not surge:
        yield required(f"{path}.rollingUpdate.maxUnavailable", "cannot be 0 when maxSurge is 0")


def stateful_set(item: JSON, dialect: Dialect) -> Errors:
    """A new StatefulSet."""
    yield from object_meta(item["metadata"], names.dns_label, namespaced=True)
    yield from stateful_set_spec(item.get("spec") or {}, "spec", dialect, is_new=True)


def stateful_set_spec(spec: JSON, path: str, dialect: Dialect, *, is_new: bool) -> Errors:
    """What a StatefulSet wants; what can no longer be changed is looked at only when it is new."""
    policy = spec.get("podManagementPolicy", "")
    if policy not in ("OrderedReady", "Parallel"):
        yield invalid(f"{path}.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    yield from _stateful_strategy(spec.get("updateStrategy") or {}, f"{path}.updateStrategy")
    retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    for field in ("whenDeleted", "whenScaled"):
        if retention.get(field, "Retain") not in RETENTIONS:
            yield unsupported(f"{path}.persistentVolumeClaimRetentionPolicy.{field}", retention[field], RETENTIONS)
    claims = spec.get("volumeClaimTemplates") or []
    for index, claim in enumerate(claims if is_new else []):
        yield from claim_spec(claim.get("spec") or {}, f"{path}.volumeClaimTemplates[{index}].spec")
    yield from not_negative(f"{path}.replicas", spec.get("replicas"))
    yield from not_negative(f"{path}.minReadySeconds", spec.get("minReadySeconds"))
    yield from not_negative(f"{path}.ordinals.start", (spec.get("ordinals") or {}).get("start"))
    if is_new and spec.get("serviceName"):
        yield from each(f"{path}.serviceName", spec["serviceName"], names.dns_label(spec["serviceName"]))
    yield from _selector(spec, path, "statefulset")
    if not can_select(spec.get("selector")):
        yield invalid(f"{path}.selector", selector_value(spec.get("selector")), "")
        return
    yield from _matching(spec, spec.get("selector"), path)
    yield from template(_with_claims(spec.get("template") or {}, claims), f"{path}.template", dialect)
    yield from _always(spec, path, "StatefulSet")


def _with_claims(item: JSON, claims: list[JSON]) -> JSON:
    """The template as its pods will be: host names are the controller's, and each claim template is a volume."""
    inner = {name: value for name, value in (item.get("spec") or {}).items() if name not in ("hostname", "subdomain")}
    own = [(claim.get("metadata") or {}).get("name", "") for claim in claims]
    added = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in own]
    kept = [volume for volume in inner.get("volumes") or [] if volume.get("name") not in own]
    return {**item, "spec": {**inner, "volumes": [*added, *kept]}}


def _stateful_strategy(item: JSON, path: str) -> Errors:
    kind, rolling = item.get("type", ""), item.get("rollingUpdate")
    if not kind:
        yield required(path)
    elif kind == "OnDelete":
        if rolling is not None:
            shown = go_value("RollingUpdateStatefulSetStrategy", rolling)
            yield invalid(f"{path}.rollingUpdate", shown, "only allowed for updateStrategy 'RollingUpdate'")
    elif kind != "RollingUpdate":
        yield invalid(path, go_value("StatefulSetUpdateStrategy", item), "must be 'RollingUpdate' or 'OnDelete'")
    elif rolling is not None:
        yield from not_negative(f"{path}.rollingUpdate.partition", rolling.get("partition"))
        most, here = rolling.get("maxUnavailable"), f"{path}.rollingUpdate.maxUnavailable"
        if most is not None:
            yield from number_or_percent(most, here)
            if _worth(most) == 0:
                yield invalid(here, most, "cannot be 0")
            yield from at_most_all(most, here)
