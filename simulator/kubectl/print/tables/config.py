"""`get cm`, `secret`, `sa`, `quota`, `limits`, `pdb`."""

from __future__ import annotations

from simulator.kubectl.print.tables.table import Column, Table, columns
from simulator.kubectl.view import View
from simulator.objects.config import ConfigMap, LimitRange, ResourceQuota, Secret, ServiceAccount
from simulator.objects.policy import PodDisruptionBudget


def _config_map(item: ConfigMap, view: View) -> list[str]:
    return [item.metadata.name, str(len(item.data) + len(item.binary_data)), view.age(item.metadata.creation_timestamp)]


def _secret(item: Secret, view: View) -> list[str]:
    return [item.metadata.name, item.type, str(len(item.data)), view.age(item.metadata.creation_timestamp)]


def _service_account_columns(view: View) -> list[Column]:
    secrets = ["SECRETS"] if view.dialect.service_accounts_count_secrets else []
    return [Column(title) for title in ["NAME", *secrets, "AGE"]]


def _service_account(item: ServiceAccount, view: View) -> list[str]:
    secrets = [str(len(item.secrets))] if view.dialect.service_accounts_count_secrets else []
    return [item.metadata.name, *secrets, view.age(item.metadata.creation_timestamp)]


def _limit_range(item: LimitRange, _view: View) -> list[str]:
    return [item.metadata.name, item.metadata.creation_timestamp or "<unknown>"]


def _quota_columns(view: View) -> list[Column]:
    titles = ["NAME", "REQUEST", "LIMIT", "AGE"] if view.dialect.quotas_end_with_age else ["NAME", "AGE", "REQUEST", "LIMIT"]
    return [Column(title) for title in titles]


def _quota(item: ResourceQuota, view: View) -> list[str]:
    shares = {name: f"{name}: {item.status.used.get(name, '0')}/{hard}" for name, hard in sorted(item.status.hard.items())}
    limits = [text for name, text in shares.items() if name.startswith("limits.")]
    requests = [text for name, text in shares.items() if not name.startswith("limits.")]
    cells = {"NAME": item.metadata.name, "REQUEST": ", ".join(requests), "LIMIT": ", ".join(limits)}
    cells["AGE"] = view.age(item.metadata.creation_timestamp)
    return [cells[column.title] for column in _quota_columns(view)]


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
    "ServiceAccount": Table(_service_account_columns, _service_account),
    "LimitRange": Table(columns("NAME CREATED_AT"), _limit_range),
    "ResourceQuota": Table(_quota_columns, _quota),
    "PodDisruptionBudget": Table(columns("NAME MIN_AVAILABLE MAX_UNAVAILABLE ALLOWED_DISRUPTIONS AGE"), _budget),
}
