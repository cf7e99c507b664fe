"""Which rules apply to a user, and whether they allow a request: the RBAC authorizer (plugin/pkg/auth/authorizer/rbac)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import msgspec

from simulator.api.authorization.bootstrap import bootstrap
from simulator.api.authorization.request import ACCOUNT_PREFIX, MASTERS, AccessRequest, User
from simulator.api.authorization.rules import ANY, Rule, allows, rule_from
from simulator.journal.reads import Reads
from simulator.objects.kinds import Key, Unstructured
from simulator.objects.meta import LabelSelector
from simulator.objects.selectors import matches

EVERYTHING = (
    Rule(verbs=(ANY,), api_groups=(ANY,), resources=(ANY,)),
    Rule(verbs=(ANY,), non_resource_urls=(ANY,)),
)


class Grant(NamedTuple):
    """A rule that applies to a user, and the evaluation error of a binding whose role is missing (no rule then).

    `source`: the binding, its role and its subject, in the words of the authorizer.
    """

    rule: Rule | None
    error: str = ""
    source: str = ""


def is_allowed(reads: Reads, user: User, request: AccessRequest) -> bool:
    """Whether any rule allows the request. `system:masters` needs no rule."""
    if MASTERS in user.groups:
        return True
    return any(grant.rule is not None and allows(grant.rule, request) for grant in grants(reads, user, request.namespace))


def evaluation_errors(reads: Reads, user: User, namespace: str) -> list[str]:
    """What the authorizer reports of bindings of the user whose role does not exist."""
    return [grant.error for grant in grants(reads, user, namespace) if grant.error]


def rules_for(reads: Reads, user: User, namespace: str) -> list[Rule]:
    """All rules that apply to a user in a namespace (empty: only those of the whole cluster)."""
    return [grant.rule for grant in grants(reads, user, namespace) if grant.rule is not None]


def grants(reads: Reads, user: User, namespace: str) -> Iterator[Grant]:
    """The rules of ClusterRoleBindings that apply to a user, then those of the namespace's RoleBindings, each in the order of names."""
    for name, binding in _cluster_bindings(reads):
        if (subject := _subject(binding, user, "")) is not None:
            yield from _granted(reads, binding["roleRef"], "", f'ClusterRoleBinding "{name}"', subject)
    if not namespace:
        return
    for item in _sorted(reads, "RoleBinding", namespace):
        if (subject := _subject(item.content, user, namespace)) is not None:
            binding_name = f'RoleBinding "{item.metadata.name}/{namespace}"'
            yield from _granted(reads, item.content.get("roleRef") or {}, namespace, binding_name, subject)


def _subject(binding: dict[str, Any], user: User, namespace: str) -> dict[str, Any] | None:
    """The first subject of a binding that means the user."""
    return next((subject for subject in binding.get("subjects") or () if _applies(subject, user, namespace)), None)


def _cluster_bindings(reads: Reads) -> list[tuple[str, dict[str, Any]]]:
    """The names and contents of all ClusterRoleBindings."""
    default = {
        name: {"roleRef": {"kind": "ClusterRole", "name": data["role"]}, "subjects": data["subjects"]}
        for name, data in bootstrap().bindings.items()
    }
    stored = {item.metadata.name: {"roleRef": {}, **item.content} for item in _sorted(reads, "ClusterRoleBinding", None)}
    return sorted({**default, **stored}.items())


def _sorted(reads: Reads, kind: str, namespace: str | None) -> list[Unstructured]:
    items = [item for item in reads.objects(kind, namespace) if isinstance(item, Unstructured)]
    return sorted(items, key=lambda item: item.metadata.name)


def _applies(subject: dict[str, Any], user: User, namespace: str) -> bool:
    """Whether a subject of a binding means the user. A ServiceAccount without a namespace is one of the binding's."""
    name = str(subject.get("name", ""))
    match subject.get("kind"):
        case "User":
            return user.name == name
        case "Group":
            return name in user.groups
        case "ServiceAccount":
            where = subject.get("namespace") or namespace
            return bool(where) and user.name == f"{ACCOUNT_PREFIX}{where}:{name}"
    return False


def _granted(reads: Reads, role: dict[str, Any], namespace: str, binding: str, subject: dict[str, Any]) -> Iterator[Grant]:
    """The rules of a role that a binding of a namespace refers to."""
    kind, name = role.get("kind"), str(role.get("name", ""))
    whose = str(subject.get("name", ""))
    if subject.get("kind") == "ServiceAccount":
        whose += f"/{subject.get('namespace') or namespace}"
    source = f'{binding} of {kind} "{name}" to {subject.get("kind")} "{whose}"'
    if kind == "Role":
        item = reads.get(Key("Role", namespace, name))
        if not isinstance(item, Unstructured):
            yield Grant(None, f'role.rbac.authorization.k8s.io "{name}" not found')
            return
        yield from (Grant(rule_from(rule), source=source) for rule in item.content.get("rules") or ())
    elif kind == "ClusterRole":
        rules = cluster_role_rules(reads, name)
        if rules is None:
            yield Grant(None, f'clusterrole.rbac.authorization.k8s.io "{name}" not found')
            return
        yield from (Grant(rule, source=source) for rule in rules)


def cluster_role_rules(reads: Reads, name: str) -> list[Rule] | None:
    """The rules of a ClusterRole, aggregated ones included; None: there is none of that name."""
    roles = _cluster_roles(reads)
    return _rules_of(roles, name, frozenset()) if name in roles else None


class _ClusterRole(NamedTuple):
    """What counts of a ClusterRole; `selectors` None: it aggregates nothing."""

    labels: dict[str, str]
    selectors: list[LabelSelector] | None
    rules: list[Rule]


def _cluster_roles(reads: Reads) -> dict[str, _ClusterRole]:
    stored = {item.metadata.name: _cluster_role(item.metadata.labels, item.content) for item in _sorted(reads, "ClusterRole", None)}
    return {**_default_roles(), **stored}


@cache
def _default_roles() -> dict[str, _ClusterRole]:
    return {name: _cluster_role(data.get("labels") or {}, data) for name, data in bootstrap().roles.items()}


def _cluster_role(labels: dict[str, str], content: dict[str, Any]) -> _ClusterRole:
    aggregation = content.get("aggregationRule")
    selectors = msgspec.convert((aggregation or {}).get("clusterRoleSelectors") or [], list[LabelSelector])
    return _ClusterRole(labels, selectors if aggregation else None, [rule_from(rule) for rule in content.get("rules") or ()])


def _rules_of(roles: dict[str, _ClusterRole], name: str, above: frozenset[str]) -> list[Rule]:
    """The rules of a role; of one that aggregates, those of all roles with matching labels but those that aggregate it (`above`)."""
    role = roles[name]
    if role.selectors is None:
        return role.rules
    own = above | {name}
    rules: list[Rule] = []
    for other in sorted(roles):
        if other not in own and any(matches(selector, roles[other].labels) for selector in role.selectors):
            rules += [rule for rule in _rules_of(roles, other, own) if rule not in rules]
    return rules
