"""`get cm`, `secret`, `sa`, `quota`, `limits`, `pdb`."""

from __future__ import annotations

from simulator.objects.config import ConfigMap, LimitRange, ResourceQuota, Secret, ServiceAccount
from simulator.objects.policy import PodDisruptionBudget
from simulator.views.kubectl.tables.table import Table, columns
from simulator.views.kubectl.view import View


def _config_map(item: ConfigMap, view: View) -> list[str]:
    return [item.metadata.name, str(len(item.data) + len(item.binary_data)), view.age(item.metadata.creation_timestamp)]


def _secret(item: Secret, view: View) -> list[str]:
    return [item.metadata.name, item.type, str(len(item.data)), view.age(item.metadata.creation_timestamp)]


def _named(item: ServiceAccount | LimitRange, view: View) -> list[str]:
    stamp = item.metadata.creation_timestamp
    return [item.metadata.name, view.age(stamp) if isinstance(item, ServiceAccount) else stamp or "<unknown>"]


def _quota(item: ResourceQuota, view: View) -> list[str]:
    shares = {name: f"{name}: {item.status.used.get(name, '0')}/{hard}" for name, hard in sorted(item.status.hard.items())}
    limits = [text for name, text in shares.items() if name.startswith("limits.")]
    requests = [text for name, text in shares.items() if not name.startswith("limits.")]
    return [item.metadata.name, ", ".join(requests), ", ".join(limits), view.age(item.metadata.creation_timestamp)]


def _budget(item: PodDisruptionBudget, view: View) -> list[str]:
    bounds = (item.spec.min_available, item.spec.max_unavailable)
    return [
        item.metadata.name,
        *("N/A" if bound is None else str(bound) for bound in bounds),
        str(item.status.disruptions_allowed),
        view.age(item.metadata.creation_timestamp),
    ]


TABLES = {
    "ConfigMap": Table(columns("NAME DATA AGE"), _config_map),
    "Secret": Table(columns("NAME TYPE DATA AGE"), _secret),
    "ServiceAccount": Table(columns("NAME AGE"), _named),
    "LimitRange": Table(columns("NAME CREATED_AT"), _named),
    "ResourceQuota": Table(columns("NAME REQUEST LIMIT AGE"), _quota),
    "PodDisruptionBudget": Table(columns("NAME MIN_AVAILABLE MAX_UNAVAILABLE ALLOWED_DISRUPTIONS AGE"), _budget),
}
