"""`describe` of roles and their bindings, which podsim keeps but does not simulate."""

from __future__ import annotations

from itertools import product

from simulator.golang.text import go_value
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.kinds import Unstructured


def role(item: Unstructured, sheet: Sheet, _view: View) -> None:
    """A Role or ClusterRole: one line for each resource, resource name and URL, with all verbs that any rule allows."""
    sheet.row("Name", item.metadata.name)
    sheet.marks(item.metadata)
    sheet.line("PolicyRule:")
    sheet.line("Resources\tNon-Resource URLs\tResource Names\tVerbs", 1)
    sheet.line("---------\t-----------------\t--------------\t-----", 1)
    for resource, url, name, verbs in _lines(item.content.get("rules") or []):
        sheet.line(f"{resource}\t[{url}]\t[{name}]\t{go_value(verbs)}", 1)


def _lines(rules: list[JSON]) -> list[tuple[str, str, str, list[str]]]:
    """Resource, URL, resource name and verbs of each line. kubectl sorts the rules by how they are written out, field by field."""
    resources: dict[tuple[str, str, str], list[str]] = {}
    urls: list[tuple[str, str]] = []
    for rule in rules:
        verbs = rule.get("verbs") or []
        urls += product(rule.get("nonResourceURLs") or [], verbs)
        for key in product(rule.get("apiGroups") or [], rule.get("resources") or [], rule.get("resourceNames") or [""]):
            known = resources.setdefault(key, [])
            known += [verb for verb in verbs if verb not in known]
    result = [
        (f"{go_value(verbs)} [{group}] [{resource}] [{name}]", (_combined(resource, group), "", name, verbs))
        for (group, resource, name), verbs in resources.items()
    ]
    result += [(f"[{verb}] [] [] [] [{url}]", ("", url, "", [verb])) for url, verb in urls]
    return [line for _, line in sorted(result)]


def _combined(resource: str, group: str) -> str:
    """`deployments.apps/scale`."""
    name, slash, part = resource.partition("/")
    return f"{name}.{group}{slash}{part}" if group else resource


def binding(item: Unstructured, sheet: Sheet, _view: View) -> None:
    """A RoleBinding or ClusterRoleBinding."""
    ref = item.content.get("roleRef") or {}
    sheet.row("Name", item.metadata.name)
    sheet.marks(item.metadata)
    sheet.line("Role:")
    sheet.rows([("Kind", ref.get("kind", "")), ("Name", ref.get("name", ""))], 1)
    sheet.line("Subjects:")
    sheet.line("Kind\tName\tNamespace", 1)
    sheet.line("----\t----\t---------", 1)
    for one in item.content.get("subjects") or []:
        sheet.line("\t".join(one.get(name, "") for name in ("kind", "name", "namespace")), 1)


DESCRIBERS = {"Role": role, "ClusterRole": role, "RoleBinding": binding, "ClusterRoleBinding": binding}
