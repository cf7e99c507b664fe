"""ResourceQuotas: what an object uses, and whether its namespace has that much left (plug-in ResourceQuota)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from simulator.api.admission_refusal import forbidden, resource_of
from simulator.journal.reads import Reads
from simulator.manifest.pod_resources import pod_resources
from simulator.manifest.quantities import DECIMAL, parse, show
from simulator.objects.base import evolve
from simulator.objects.config import ResourceQuota
from simulator.objects.container import Container
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended
from simulator.objects.service import Service
from simulator.objects.storage import PersistentVolumeClaim

Usage = dict[str, str]
COMPUTE = ("cpu", "memory", "ephemeral-storage")
MUST_BE_SET = ("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
"""A quota of one of these requires every container to set it."""
COUNTED_BY_NAME = ("configmaps", "resourcequotas", "replicationcontrollers", "secrets", "services", "persistentvolumeclaims")


def charge(item: Object, reads: Reads) -> list[ResourceQuota]:
    """The quotas of the namespace with the usage of a new object; those that it does not use are left out. The caller writes them.

    Raises:
        ApiError: Forbidden, when a quota would be exceeded, or requires containers to set a resource that they do not.
    """
    charged = []
    cost = usage(item)
    for quota in sorted(reads.typed(ResourceQuota, item.metadata.namespace), key=lambda entry: entry.metadata.name):
        names = sorted(set(quota.status.hard) & _tracked(item, quota))
        if not names or not covers(quota, item):
            continue
        if isinstance(item, Pod) and item.spec.resources is None:
            _check_containers(item, quota, names)
        added = {name: cost[name] for name in names if parse(cost.get(name, "0"))[0] > 0}
        if not added:
            continue
        used = {**quota.status.used, **{name: add(quota.status.used.get(name, "0"), text) for name, text in added.items()}}
        _check_limits(item, quota, added, used)
        charged.append(evolve(quota, status=evolve(quota.status, used=used)))
    return charged


def recharge(new: Object, old: Object, reads: Reads) -> list[ResourceQuota]:
    """As `charge`, of an update: what the object uses more than before. Only updates of Services, claims and pods (a resize) are charged.

    Lower usage is released when the quota is recalculated. Raises ApiError (Forbidden).
    """
    if not isinstance(new, Service | PersistentVolumeClaim | Pod):
        return []
    cost, before = usage(new), usage(old)
    more = {name: parse(text)[0] - parse(before.get(name, "0"))[0] for name, text in cost.items()}
    added = {name: show(amount, parse(cost[name])[1]) for name, amount in more.items() if amount > 0}
    charged = []
    for quota in sorted(reads.typed(ResourceQuota, new.metadata.namespace), key=lambda entry: entry.metadata.name):
        tracked = {name: text for name, text in added.items() if name in quota.status.hard}
        if tracked and covers(quota, new):
            used = {**quota.status.used, **{name: add(quota.status.used.get(name, "0"), text) for name, text in tracked.items()}}
            _check_limits(new, quota, tracked, used)
            charged.append(evolve(quota, status=evolve(quota.status, used=used)))
    return charged


def usage(item: Object) -> Usage:
    """The usage of an object, by the resource names of quotas. A pod that has ended uses only `count/pods`."""
    resource = resource_of(item)
    cost = {f"count/{resource}": "1"}
    if resource in COUNTED_BY_NAME:
        cost[resource] = "1"
    if isinstance(item, Pod) and not has_ended(item):
        cost.update({"pods": "1", **_compute(pod_resources(item.spec, "requests"), pod_resources(item.spec, "limits"))})
    if isinstance(item, Service):
        cost.update(_service(item))
    if isinstance(item, PersistentVolumeClaim):
        cost.update(_claim(item))
    return cost


def _compute(requests: dict[str, str], limits: dict[str, str]) -> Usage:
    cost: Usage = {}
    for name, text in requests.items():
        cost[f"requests.{name}"] = text
        if name in COMPUTE or name.startswith("hugepages-"):
            cost[name] = text
    cost.update({f"limits.{name}": limits[name] for name in COMPUTE if name in limits})
    return cost


def _service(item: Service) -> Usage:
    spec = item.spec
    cost = {"services.loadbalancers": "1" if spec.type == "LoadBalancer" else "0", "services.nodeports": "0"}
    if spec.type == "NodePort" or (spec.type == "LoadBalancer" and spec.allocate_load_balancer_node_ports is not False):
        cost["services.nodeports"] = str(len(spec.ports))
    elif spec.type == "LoadBalancer":  # only explicit node ports
        cost["services.nodeports"] = str(sum(bool(port.node_port) for port in spec.ports))
    return cost


def _claim(item: PersistentVolumeClaim) -> Usage:
    storage = ((item.spec.resources or {}).get("requests") or {}).get("storage")
    cost = {"requests.storage": str(storage)} if storage is not None else {}
    if item.spec.storage_class_name:
        prefix = f"{item.spec.storage_class_name}.storageclass.storage.k8s.io/"
        cost.update({f"{prefix}{name}": text for name, text in {**cost, "persistentvolumeclaims": "1"}.items()})
    return cost


def add(one: str, other: str) -> str:
    """The sum of two quantities, in the format of the first one that is not zero."""
    (first, form), (second, other_form) = parse(one), parse(other)
    return show(first + second, form if first else other_form)


def _tracked(item: Object, quota: ResourceQuota) -> set[str]:
    """The resource names that objects of this kind can use."""
    names = set(usage(item))
    if isinstance(item, Pod):
        names |= {
            name
            for name in quota.status.hard
            if name in (*COMPUTE, *MUST_BE_SET) or name.startswith(("requests.", "limits.", "hugepages-"))
        }
        names.discard("requests.storage")
    return names


def covers(quota: ResourceQuota, item: Object) -> bool:
    """Whether a quota's scopes match an object. Quotas with scopes count only pods."""
    selectors: list[dict[str, Any]] = [{"scopeName": scope, "operator": "Exists"} for scope in quota.spec.scopes]
    selectors += (quota.spec.scope_selector or {}).get("matchExpressions") or []
    if not selectors:
        return True
    return isinstance(item, Pod) and all(_in_scope(item, selector) for selector in selectors)


def _in_scope(pod: Pod, selector: dict[str, Any]) -> bool:
    terminating = pod.spec.active_deadline_seconds is not None
    best_effort = pod.status.qos_class == "BestEffort"
    scope = selector.get("scopeName")
    if scope == "PriorityClass":
        return _priority_in_scope(pod.spec.priority_class_name, selector)
    return {
        "Terminating": terminating,
        "NotTerminating": not terminating,
        "BestEffort": best_effort,
        "NotBestEffort": not best_effort,
        "CrossNamespacePodAffinity": _crosses_namespaces(pod),
    }.get(str(scope), False)


def _priority_in_scope(name: str, selector: dict[str, Any]) -> bool:
    operator, values = selector.get("operator"), selector.get("values") or []
    return {"Exists": bool(name), "DoesNotExist": not name, "In": name in values, "NotIn": name not in values}.get(str(operator), False)


def _crosses_namespaces(pod: Pod) -> bool:
    affinity = pod.spec.affinity
    groups = [group for group in (affinity.pod_affinity, affinity.pod_anti_affinity) if group] if affinity else []
    terms = [term for group in groups for term in group.required_during_scheduling_ignored_during_execution]
    weighted = [item.pod_affinity_term for group in groups for item in group.preferred_during_scheduling_ignored_during_execution]
    return any(term.namespaces or term.namespace_selector is not None for term in [*terms, *(term for term in weighted if term)])


def _check_containers(pod: Pod, quota: ResourceQuota, names: list[str]) -> None:
    """Refuse a pod with a container that does not set a cpu or memory resource of the quota. Raises ApiError (Forbidden)."""
    missing: dict[str, set[str]] = {}
    for item in (*pod.spec.containers, *pod.spec.init_containers):
        for name in (name for name in names if name in MUST_BE_SET and name not in _own(item)):
            missing.setdefault(name, set()).add(item.name)
    if missing:
        texts = [f"{name} for: {','.join(sorted(who))}" for name, who in sorted(missing.items())]
        raise forbidden(pod, f"failed quota: {quota.metadata.name}: must specify {'; '.join(texts)}")


def _own(item: Container) -> Usage:
    return _compute(item.resources.requests, item.resources.limits)


def _check_limits(item: Object, quota: ResourceQuota, added: Usage, used: Usage) -> None:
    over = [name for name in sorted(added) if parse(used[name])[0] > parse(quota.status.hard[name])[0]]
    if over:
        raise forbidden(
            item,
            f"exceeded quota: {quota.metadata.name}, requested: {_listed(added, over)}, "
            f"used: {_listed(quota.status.used, over)}, limited: {_listed(quota.status.hard, over)}",
        )


def _listed(amounts: Usage, names: list[str]) -> str:
    return ",".join(f"{name}={show(*parse(amounts[name])) if name in amounts else show(Decimal(0), DECIMAL)}" for name in names)
