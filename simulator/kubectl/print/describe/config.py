"""`describe` of ConfigMaps, Secrets, ServiceAccounts, Namespaces, quotas, limits and disruption budgets."""

from __future__ import annotations

import re
from base64 import b64decode
from decimal import Decimal

from simulator.golang.ages import rfc1123
from simulator.golang.text import go_value
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.config import ConfigMap, LimitRange, Namespace, ResourceQuota, Secret, ServiceAccount
from simulator.objects.labels import SECRET_SERVICE_ACCOUNT_TOKEN, SERVICE_ACCOUNT_NAME
from simulator.objects.policy import PodDisruptionBudget
from simulator.objects.quantities import canonical, whole
from simulator.objects.scheduling import PriorityClass
from simulator.objects.selector_text import labels_text, selector_text

_SCOPES = {
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively "
    "terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container "
    "command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality "
    "of service.",
}
_LIMITS = ("min", "max", "default_request", "default", "max_limit_request_ratio")


def config_map(item: ConfigMap, sheet: Sheet, view: View) -> None:
    """A ConfigMap with all its data."""
    sheet.head(item.metadata)
    sheet.marks(item.metadata)
    sheet.write("\nData\n====\n")
    for key in sorted(item.data):
        sheet.write(f"{key}:\n----\n{item.data[key]}\n")
        if view.dialect.config_map_values_end_with_blank_line:
            sheet.line("")
    sheet.write("\nBinaryData\n====\n")
    for key in sorted(item.binary_data):
        sheet.line(f"{key}: {len(b64decode(item.binary_data[key]))} bytes")
    sheet.line("")


def secret(item: Secret, sheet: Sheet, _view: View) -> None:
    """A Secret with the sizes of its data."""
    sheet.head(item.metadata)
    sheet.marks(item.metadata)
    sheet.write(f"\nType:\t{item.type}\n\nData\n====\n")
    for key in sorted(item.data):
        data = b64decode(item.data[key])
        sheet.row(
            key, data.decode(errors="replace") if key == "token" and item.type == SECRET_SERVICE_ACCOUNT_TOKEN else f"{len(data)} bytes"
        )


def service_account(item: ServiceAccount, sheet: Sheet, view: View) -> None:
    """A ServiceAccount."""
    sheet.head(item.metadata)
    sheet.marks(item.metadata)
    sheet.listed("Image pull secrets", (ref.name for ref in item.image_pull_secrets))
    if view.dialect.service_account_has_secrets:
        secrets = {one.metadata.name: one for one in view.snapshot.typed(Secret, item.metadata.namespace)}
        mounted = [ref.name if ref.name in secrets else f"{ref.name} (not found)" for ref in item.secrets]
        owner = SERVICE_ACCOUNT_NAME
        tokens = [
            n
            for n, one in secrets.items()
            if one.type == SECRET_SERVICE_ACCOUNT_TOKEN and one.metadata.annotations.get(owner) == item.metadata.name
        ]
        sheet.listed("Mountable secrets", mounted)
        sheet.listed("Tokens", tokens)


def namespace(item: Namespace, sheet: Sheet, view: View) -> None:
    """A Namespace with its quotas and limits."""
    sheet.head(item.metadata, namespaced=False)
    sheet.marks(item.metadata)
    sheet.row("Status", item.status.phase)
    if item.status.conditions:
        sheet.line("Conditions:")
        sheet.line("Type\tStatus\tLastTransitionTime\tReason\tMessage", 1)
        sheet.line("----\t------\t------------------\t------\t-------", 1)
        for one in item.status.conditions:
            cells = (one["type"], one["status"], rfc1123(one.get("lastTransitionTime")), one.get("reason", ""), one.get("message", ""))
            sheet.line("\t".join(cells), 1)
    sheet.line("")
    _quotas(view.snapshot.typed(ResourceQuota, item.metadata.name), sheet)
    sheet.line("")
    _limit_ranges(view.snapshot.typed(LimitRange, item.metadata.name), sheet)


def _quotas(quotas: list[ResourceQuota], sheet: Sheet) -> None:
    sheet.line("Resource Quotas" if quotas else "No resource quota.")
    for quota in quotas:
        sheet.row("Name", quota.metadata.name, 1)
        _scopes(quota, sheet, "* ", 1)
        sheet.line("Resource\tUsed\tHard", 1)
        sheet.line("--------\t---\t---", 1)
        for name, hard in sorted(quota.status.hard.items()):
            sheet.line(f"{name}\t{quota.status.used.get(name, '0')}\t{hard}", 1)


def _scopes(quota: ResourceQuota, sheet: Sheet, bullet: str, level: int) -> None:
    scopes = sorted(quota.spec.scopes)
    if scopes:
        sheet.row("Scopes", ", ".join(scopes), level)
        for scope in scopes:
            if scope in _SCOPES:
                sheet.line(f"{bullet}{_SCOPES[scope]}", level)


def _limit_ranges(ranges: list[LimitRange], sheet: Sheet) -> None:
    if not ranges:
        sheet.line("No LimitRange resource.")
        return
    sheet.line("Resource Limits")
    _limits_table(ranges, sheet, " ")


def _limits_table(ranges: list[LimitRange], sheet: Sheet, prefix: str) -> None:
    sheet.line(f"{prefix}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio")
    sheet.line(f"{prefix}----\t--------\t---\t---\t---------------\t-------------\t-----------------------")
    for item in (limit for one in ranges for limit in one.spec.limits):
        bounds = [getattr(item, name) for name in _LIMITS]
        for resource in sorted({name for bound in bounds for name in bound}):
            cells = [item.type, resource, *(bound.get(resource, "-") for bound in bounds)]
            sheet.line(prefix + "\t".join(cells))


def limit_range(item: LimitRange, sheet: Sheet, _view: View) -> None:
    """A LimitRange."""
    sheet.head(item.metadata)
    _limits_table([item], sheet, "")


def resource_quota(item: ResourceQuota, sheet: Sheet, _view: View) -> None:
    """A ResourceQuota; what is used is written in the notation of the limit."""
    sheet.head(item.metadata)
    _scopes(item, sheet, " * ", 0)
    sheet.line("Resource\tUsed\tHard")
    sheet.line("--------\t----\t----")
    for name, hard in sorted(item.status.hard.items()):
        used = item.status.used.get(name, "0")
        if used.endswith("i") != hard.endswith("i"):
            used = canonical(Decimal(whole(used)), binary=hard.endswith("i"))
        sheet.line(f"{name}\t{used}\t{hard}")


def disruption_budget(item: PodDisruptionBudget, sheet: Sheet, _view: View) -> None:
    """A PodDisruptionBudget."""
    spec, status = item.spec, item.status
    sheet.head(item.metadata)
    least = spec.min_available is not None
    sheet.rows([("Min available", spec.min_available), ("Max unavailable", None if least else spec.max_unavailable)])
    sheet.row("Selector", (selector_text(spec.selector) or "<none>") if spec.selector else "<unset>")
    sheet.line("Status:")
    counts: list[tuple[str, object]] = [
        ("Allowed disruptions", status.disruptions_allowed),
        ("Current", status.current_healthy),
        ("Desired", status.desired_healthy),
        ("Total", status.expected_pods),
    ]
    sheet.rows(counts, 2)


def priority_class(item: PriorityClass, sheet: Sheet, _view: View) -> None:
    """A PriorityClass."""
    sheet.head(item.metadata, namespaced=False)
    sheet.row("Value", item.value or 0)
    sheet.row("GlobalDefault", str(bool(item.global_default)).lower())
    sheet.row("PreemptionPolicy", item.preemption_policy)
    sheet.row("Description", item.description)
    sheet.row("Annotations", labels_text(item.metadata.annotations))


def other(content: JSON, sheet: Sheet, level: int = 0, path: str = "") -> None:
    """Any object, field by field: kinds for which there is no describer."""
    hidden = {f".metadata.{name}" for name in ("managedFields", "name", "namespace", "labels", "annotations")}
    for field in sorted(content):
        value, here = content[field], f"{path}.{field}"
        if here in hidden:
            continue
        if isinstance(value, dict):
            sheet.line(f"{_title(field)}:", level)
            other(value, sheet, level + 1, here)
        elif isinstance(value, list):
            sheet.line(f"{_title(field)}:", level)
            for child in value:
                if isinstance(child, dict):
                    other(child, sheet, level + 1, here)
                else:
                    sheet.line(go_value(child), level + 1)
        else:
            sheet.row(_title(field), go_value(value), level)


def _title(field: str) -> str:
    """`creationTimestamp` as `Creation Timestamp`; names with other characters than letters stay."""
    if not re.fullmatch(r"[A-Za-z-]+", field):
        return field
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]|-", field)
    acronyms = {"API", "URL", "UID", "GUID"}
    return " ".join(word.upper() if word.upper() in acronyms else word[:1].upper() + word[1:] for word in words)


DESCRIBERS = {
    "ConfigMap": config_map,
    "Secret": secret,
    "ServiceAccount": service_account,
    "Namespace": namespace,
    "LimitRange": limit_range,
    "ResourceQuota": resource_quota,
    "PodDisruptionBudget": disruption_budget,
    "PriorityClass": priority_class,
}
