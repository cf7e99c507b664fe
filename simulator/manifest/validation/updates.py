"""Rules for changing an object that is there (the Validate...Update functions of pkg/apis/*/validation)."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from simulator.dialect import Dialect
from simulator.manifest.quantities import parse
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors, GoValue, forbidden, go_json, invalid, required
from simulator.manifest.validation.internal import go_value, pretty, selector_value
from simulator.manifest.validation.jobs import cron_job_spec, job_spec
from simulator.manifest.validation.pod import pod_in_itself
from simulator.manifest.validation.pod_parts import part_errors
from simulator.manifest.validation.scheduling import tolerations
from simulator.manifest.validation.service import cluster_ips, service_itself
from simulator.manifest.validation.storage import persistent_volume_claim
from simulator.manifest.validation.table import rules_for
from simulator.manifest.validation.workloads import stateful_set_spec
from simulator.objects.base import JSON

IMMUTABLE = "field is immutable"
WHEN_SET = "field is immutable when `immutable` is set"
CHANGEABLE = ",".join(
    (
        "`spec.containers[*].image`",
        "`spec.initContainers[*].image`",
        "`spec.activeDeadlineSeconds`",
        "`spec.tolerations` (only additions to existing tolerations)",
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    )
)
STATEFUL_CHANGEABLE = (
    "replicas",
    "template",
    "updateStrategy",
    "minReadySeconds",
    "ordinals",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
)
JOB_FIXED = ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")
MOST_SECONDS = 2**31 - 1


def update_errors(new: JSON, old: JSON, dialect: Dialect, part: str = "") -> Errors:
    """The complaints about replacing `old`, or that part of it, by `new`. Without rules for changes, those for new objects count."""
    if part:
        yield from part_errors(part, new, old, dialect)
        return
    change = _CHANGES.get(new["kind"])
    yield from change(new, old, dialect) if change is not None else rules_for(new["kind"], new["apiVersion"], dialect)(new)


def _same(path: str, new: Any, old: Any, shown: Any = None) -> Errors:
    if new != old:
        yield invalid(path, new if shown is None else shown, IMMUTABLE)


def _pod(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    yield from pod_in_itself(new, dialect)
    for group in ("containers", "initContainers"):
        if len(after.get(group) or []) != len(before.get(group) or []):
            yield forbidden(f"spec.{group}", "pod updates may not add or remove containers")
            return
        yield from _images(after.get(group) or [], f"spec.{group}")
    wrong = list(_deadline(after.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds")))
    yield from wrong
    if wrong and after.get("activeDeadlineSeconds") is not None:
        return
    yield from _tolerations(after.get("tolerations") or [], before.get("tolerations") or [])
    had = {gate.get("name") for gate in before.get("schedulingGates") or []}
    for index, gate in enumerate(after.get("schedulingGates") or []):
        if gate.get("name") not in had:
            added = f"only deletion is allowed, but found new scheduling gate '{gate.get('name', '')}'"
            yield forbidden(f"spec.schedulingGates[{index}].name", added)
    yield from _rest_of_pod(after, before)


def _images(items: list[JSON], path: str) -> Errors:
    for index, item in enumerate(items):
        image = item.get("image", "")
        if not image:
            yield required(f"{path}[{index}].image")
        if image != image.strip():
            yield invalid(f"{path}[{index}].image", image, "must not have leading or trailing whitespace")


def _deadline(new: int | None, old: int | None) -> Errors:
    path = "spec.activeDeadlineSeconds"
    if new is None:
        if old is not None:
            yield invalid(path, None, "must not update from a positive integer to nil value")
    elif not 0 <= new <= MOST_SECONDS:
        yield invalid(path, new, names.between(0, MOST_SECONDS))
    elif old is not None and old < new:
        yield invalid(path, new, "must be less than or equal to previous value")


def _tolerations(new: list[JSON], old: list[JSON]) -> Errors:
    def without_seconds(item: JSON) -> JSON:
        return {name: value for name, value in item.items() if name != "tolerationSeconds"}

    kept = [without_seconds(item) for item in new]
    if any(without_seconds(item) not in kept for item in old):
        yield forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")
    else:
        yield from tolerations(new, "spec.tolerations")


def _rest_of_pod(new: JSON, old: JSON) -> Errors:
    """What may change is set back; whatever still differs may not. A gated pod may still narrow down its nodes."""
    kept = ("activeDeadlineSeconds", "schedulingGates", "tolerations")
    munged: JSON = {name: value for name, value in new.items() if name not in kept}
    munged.update({name: old[name] for name in kept if name in old})
    for group in ("containers", "initContainers"):
        pairs = zip(new.get(group) or [], old.get(group) or [], strict=True)
        munged[group] = [{**item, "image": before.get("image", "")} for item, before in pairs]
    if old.get("terminationGracePeriodSeconds", 0) < 0 and new.get("terminationGracePeriodSeconds") == 1:
        munged["terminationGracePeriodSeconds"] = old["terminationGracePeriodSeconds"]
    if old.get("schedulingGates"):
        chosen, had = new.get("nodeSelector") or {}, old.get("nodeSelector") or {}
        if any(chosen.get(key) != value for key, value in had.items()):
            yield invalid("spec.nodeSelector", chosen, "only additions are allowed (no mutations or deletions)")
        munged["nodeSelector"] = had
    before_text, after_text = pretty("PodSpec", old), pretty("PodSpec", munged)
    if before_text != after_text:
        yield forbidden("spec", f"pod updates may not change fields other than {CHANGEABLE}\n{_difference(before_text, after_text)}")


def _difference(old: str, new: str) -> str:
    """A unified diff without file names."""
    before, after = ([f"{line}\n" for line in text.split("\n")] for text in (old, new))
    return "".join(list(difflib.unified_diff(before, after))[2:])


def _with_fixed_selector(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    yield from rules_for(new["kind"], new["apiVersion"], dialect)(new)
    after, before = (new.get("spec") or {}).get("selector"), (old.get("spec") or {}).get("selector")
    yield from _same("spec.selector", after, before, selector_value(after))


def _daemon_set(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    after, before = (new.get("spec") or {}).get("selector"), (old.get("spec") or {}).get("selector")
    yield from _same("spec.selector", after, before, selector_value(after))
    yield from rules_for(new["kind"], new["apiVersion"], dialect)(new)


def _stateful_set(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    yield from stateful_set_spec(after, "spec", dialect, is_new=False)
    fixed = [{name: value for name, value in spec.items() if name not in STATEFUL_CHANGEABLE} for spec in (after, before)]
    if fixed[0] != fixed[1]:
        yield forbidden("spec", dialect.say("validation.statefulset_update"))


def _job(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    yield from job_spec(after, "spec", dialect)
    if after.get("completionMode") != "Indexed":
        yield from _same("spec.completions", after.get("completions"), before.get("completions"))
    elif after.get("completions") not in (before.get("completions"), after.get("parallelism")):
        yield invalid("spec.completions", after["completions"], "can only be modified in tandem with spec.parallelism")
    yield from _same("spec.selector", after.get("selector"), before.get("selector"), selector_value(after.get("selector")))
    template = after.get("template") or {}
    yield from _same("spec.template", template, before.get("template") or {}, go_value("PodTemplateSpec", template))
    for field in JOB_FIXED:
        shown = {"podFailurePolicy": "PodFailurePolicy", "successPolicy": "SuccessPolicy"}.get(field)
        value = go_value(shown, after[field]) if shown and after.get(field) is not None else None
        yield from _same(f"spec.{field}", after.get(field), before.get(field), value)


def _cron_job(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    yield from cron_job_spec(new.get("spec") or {}, "spec", dialect)


def _service(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    ours, had = cluster_ips(after), cluster_ips(before)
    if "ExternalName" not in (after.get("type"), before.get("type")) and not ours == had == ["None"]:
        shown = GoValue(go_json(ours), go_json(ours))
        if had and not ours:
            yield invalid("spec.clusterIPs[0]", shown, "primary clusterIP can not be unset")
        for index, (address, previous) in enumerate(zip(ours, had, strict=False)):
            if address != previous:
                yield invalid(f"spec.clusterIPs[{index}]", shown, "may not change once set")
    if after.get("type") == before.get("type") == "LoadBalancer" and after.get("loadBalancerClass") != before.get("loadBalancerClass"):
        yield invalid("spec.loadBalancerClass", after.get("loadBalancerClass"), "may not change once set")
    yield from service_itself(new, dialect)


def _config_map(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    yield from _frozen(new, old, ("data", "binaryData"))
    yield from rules_for("ConfigMap", "v1", dialect)(new)


def _secret(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    yield from _same("type", new.get("type", ""), old.get("type", ""))
    yield from _frozen(new, old, ("data",))
    yield from rules_for("Secret", "v1", dialect)(new)


def _frozen(new: JSON, old: JSON, fields: tuple[str, ...]) -> Errors:
    if not old.get("immutable"):
        return
    if not new.get("immutable"):
        yield forbidden("immutable", WHEN_SET)
    for field in fields:
        if (new.get(field) or {}) != (old.get(field) or {}):
            yield forbidden(field, WHEN_SET)


def _claim(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    yield from persistent_volume_claim(new)
    after, before, bound = dict(new.get("spec") or {}), dict(old.get("spec") or {}), (old.get("status") or {}).get("phase") == "Bound"
    before["volumeName"] = before.get("volumeName") or after.get("volumeName")
    after.setdefault("volumeName", None)
    if before.get("storageClassName") is None:
        # A claim without a class may be given one, once.
        after.pop("storageClassName", None)
    size, had = (((spec.get("resources") or {}).get("requests") or {}).get("storage") for spec in (after, before))
    if bound:
        after["volumeAttributesClassName"] = before.get("volumeAttributesClassName")
        resources = after.get("resources") or {}
        after["resources"] = {**resources, "requests": {**(resources.get("requests") or {}), "storage": had}}
    if after != before and {**after, "volumeAttributesClassName": None} != {**before, "volumeAttributesClassName": None}:
        shown = [pretty("PersistentVolumeClaimSpec", spec) for spec in (before, after)]
        rule = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
        yield forbidden("spec", f"{rule}\n{_difference(*shown)}")
    if size is not None and had is not None and parse(size)[0] < parse(had)[0]:
        yield from _shrunk(size, old, dialect)
    yield from _same("volumeMode", after.get("volumeMode"), before.get("volumeMode"))


def _shrunk(size: str, old: JSON, dialect: Dialect) -> Errors:
    path, has = "spec.resources.requests.storage", ((old.get("status") or {}).get("capacity") or {}).get("storage", "0")
    if not dialect.claims_may_ask_for_less:
        yield forbidden(path, "field can not be less than previous value")
    elif parse(size)[0] <= parse(has)[0]:
        yield forbidden(path, "field can not be less than status.capacity")


def _priority_class(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    if new.get("value") != old.get("value"):
        yield forbidden("value", "may not be changed in an update.")
    yield from _same("preemptionPolicy", new.get("preemptionPolicy"), old.get("preemptionPolicy"))


def _storage_class(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    for field in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"):
        yield from _same(field, new.get(field), old.get(field))
    yield from rules_for("StorageClass", "storage.k8s.io/v1", dialect)(new)


def _quota(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    yield from rules_for("ResourceQuota", "v1", dialect)(new)
    after, before = ((item.get("spec") or {}).get("scopes") or [] for item in (new, old))
    if set(after) != set(before):
        yield invalid("spec.scopes", after, IMMUTABLE)


def _binding(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    yield from rules_for(new["kind"], new["apiVersion"], dialect)(new)
    if new.get("roleRef") != old.get("roleRef"):
        ref = new.get("roleRef") or {}
        text = go_json({"APIGroup": ref.get("apiGroup", ""), "Kind": ref.get("kind", ""), "Name": ref.get("name", "")})
        yield invalid("roleRef", GoValue(text, text), "cannot change roleRef")


_CHANGES: dict[str, Callable[[JSON, JSON, Dialect], Errors]] = {
    "Pod": _pod,
    "Deployment": _with_fixed_selector,
    "ReplicaSet": _with_fixed_selector,
    "DaemonSet": _daemon_set,
    "StatefulSet": _stateful_set,
    "Job": _job,
    "CronJob": _cron_job,
    "Service": _service,
    "ConfigMap": _config_map,
    "Secret": _secret,
    "PersistentVolumeClaim": _claim,
    "PriorityClass": _priority_class,
    "StorageClass": _storage_class,
    "ResourceQuota": _quota,
    "RoleBinding": _binding,
    "ClusterRoleBinding": _binding,
}
