"""`create role|clusterrole|rolebinding|clusterrolebinding` (kubectl/pkg/cmd/create): stored, but permissions are not checked."""

from __future__ import annotations

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.verb import Verb
from simulator.kubectl.write.create import MADE, described
from simulator.objects.base import JSON
from simulator.objects.kinds import kind_for_word

GROUP = "rbac.authorization.k8s.io"
RESOURCE_VERBS = (
    "*", "get", "delete", "list", "create", "update", "patch", "watch",
    "proxy", "deletecollection", "use", "bind", "escalate", "impersonate",
)  # fmt: skip
URL_VERBS = ("*", "get", "post", "put", "delete", "patch", "head", "options")
ROLES = (("roles", GROUP), ("clusterroles", GROUP))
SPECIAL = {
    "use": (("podsecuritypolicies", "policy"), ("podsecuritypolicies", "extensions")),
    "bind": ROLES,
    "escalate": ROLES,
    "impersonate": (("users", ""), ("serviceaccounts", ""), ("groups", ""), ("userextras", "authentication.k8s.io")),
}
"""Verbs that can be done on these resources only."""


def _object(kind: str, name: str, **parts: object) -> JSON:
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": name}, **parts}


# ---- roles


def role(words: Words, name: str) -> JSON:
    """A Role. Raises Refusal."""
    if not words["verb"]:
        raise Refusal("at least one verb must be specified")
    verbs = _verbs(words)
    _remark(words, verbs)
    if not words["resource"]:
        raise Refusal("at least one resource must be specified")
    return _object("Role", name, rules=_rules(verbs, words))


def cluster_role(words: Words, name: str) -> JSON:
    """A ClusterRole; with an aggregation rule it is made of others. Raises Refusal."""
    labels, urls = words["aggregation-rule"], list(dict.fromkeys(words["non-resource-url"]))
    if labels:
        if urls or words["verb"] or words["resource"] or words["resource-name"]:
            raise Refusal("aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames")
        selectors = [{"matchLabels": dict(term.split("=", 1) for term in labels.split(","))}]
        return _object("ClusterRole", name, aggregationRule={"clusterRoleSelectors": selectors}, rules=None)
    if not words["verb"]:
        raise Refusal("at least one verb must be specified")
    if not words["resource"] and not urls:
        raise Refusal("one of resource or nonResourceURL must be specified")
    verbs = _verbs(words)
    if words["resource"]:
        _remark(words, verbs)
    rules = _rules(verbs, words)
    for verb in verbs if urls else []:
        if verb not in URL_VERBS:
            raise Refusal(f"invalid verb: '{verb}' for nonResourceURL")
    for url in urls:
        _check_url(url)
    return _object("ClusterRole", name, rules=[*rules, *([{"nonResourceURLs": urls, "verbs": verbs}] if urls else [])])


def _verbs(words: Words) -> list[str]:
    """Each once; `*` stands for all of them."""
    return ["*"] if "*" in words["verb"] else list(dict.fromkeys(words["verb"]))


def _remark(words: Words, verbs: list[str]) -> None:
    for verb in verbs:
        if verb not in RESOURCE_VERBS:
            words.warnings.append(f"'{verb}' is not a standard resource verb")


def _check_url(url: str) -> None:
    if url == "*":
        return
    if not url.startswith("/"):
        raise Refusal("nonResourceURL should start with /")
    if "*" in url[:-1]:
        raise Refusal("nonResourceURL only supports wildcard matches when '*' is at the end")


def _rules(verbs: list[str], words: Words) -> list[JSON]:
    """A rule for each API group, in their order. Raises Refusal."""
    groups: dict[str, list[str]] = {}
    every = words["resource"]
    for text in every[: every.index("*") + 1] if "*" in every else every:
        resource, group = _resource(text, verbs)
        if resource not in groups.setdefault(group, []):
            groups[group].append(resource)
    names = list(dict.fromkeys(words["resource-name"]))
    extra = {"resourceNames": names} if names else {}
    return [{"apiGroups": [group], **extra, "resources": groups[group], "verbs": verbs} for group in sorted(groups)]


def _resource(text: str, verbs: list[str]) -> tuple[str, str]:
    """`pods/log`, `deployments.apps`, `deploy`: the resource, and its API group. Raises Refusal."""
    head, _, inner = text.partition("/")
    word, _, group = head.partition(".")
    if not word:
        raise Refusal("resource must be specified if apiGroup/subresource specified")
    kind = None if word == "*" else kind_for_word(head)
    result, of = (kind.plural, kind.group) if kind is not None else (word, group)
    for verb in verbs if word != "*" else []:
        if verb in SPECIAL and (result, of) not in SPECIAL[verb]:
            raise Refusal(f"can not perform '{verb}' on '{result}' in group '{of}'")
    if kind is None and word != "*" and not any(verb in SPECIAL for verb in verbs):
        where = f' in group "{group}"' if group else ""
        raise Refusal(f'the server doesn\'t have a resource type "{word}"{where}')
    return f"{result}/{inner}" if inner else result, of


# ---- bindings


def role_binding(words: Words, name: str) -> JSON:
    """A RoleBinding. Raises Refusal."""
    if bool(words["clusterrole"]) == bool(words["role"]):
        raise Refusal("exactly one of clusterrole or role must be specified")
    kind, bound = ("Role", words["role"]) if words["role"] else ("ClusterRole", words["clusterrole"])
    return _binding("RoleBinding", name, {"apiGroup": GROUP, "kind": kind, "name": bound}, words)


def cluster_role_binding(words: Words, name: str) -> JSON:
    """A ClusterRoleBinding. Raises Refusal."""
    return _binding("ClusterRoleBinding", name, {"apiGroup": GROUP, "kind": "ClusterRole", "name": words["clusterrole"]}, words)


def _binding(kind: str, name: str, ref: JSON, words: Words) -> JSON:
    subjects = [{"apiGroup": GROUP, "kind": "User", "name": user} for user in words["user"]]
    subjects += [{"apiGroup": GROUP, "kind": "Group", "name": group} for group in words["group"]]
    for account in words["serviceaccount"]:
        parts = account.split(":")
        if len(parts) != 2 or not all(parts):
            raise Refusal("serviceaccount must be <namespace>:<name>")
        subjects.append({"kind": "ServiceAccount", "name": parts[1], "namespace": parts[0]})
    return _object(kind, name, roleRef=ref, **({"subjects": subjects} if subjects else {}))


RULES = (
    Flag("verb", "slice", metavar="VERB", help="Allowed verbs: get, list, watch."),
    Flag("resource", "slice", metavar="RESOURCE", help="Resources: pods, deployments.apps, pods/log."),
    Flag("resource-name", "array", metavar="NAME", help="Limit the rule to the object with this name."),
)
SUBJECTS = (
    Flag("user", "array", metavar="NAME", help="User to bind to."),
    Flag("group", "array", metavar="NAME", help="Group to bind to."),
    Flag("serviceaccount", "array", metavar="NAMESPACE:NAME", help="ServiceAccount to bind to."),
)
CLUSTER_ROLE = Flag("clusterrole", metavar="NAME", help="Role to bind.")
URLS = (
    Flag("non-resource-url", "slice", metavar="PATH", help="URL paths: /healthz."),
    Flag("aggregation-rule", metavar="LABELS", help="Aggregate ClusterRoles with these labels."),
)
ONLY_KEPT = "Only the requests of containers are checked against it."
DRY = "[--dry-run=server|client|none]"
VERBS: tuple[Verb, ...] = (
    Verb(("create", "role"), f"role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] {DRY}",
         f"Create a Role. {ONLY_KEPT}", (*RULES, *MADE), described(role), ("create role reader --verb=get,list --resource=pods",)),
    Verb(("create", "clusterrole"), f"clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] {DRY}",
         f"Create a ClusterRole. {ONLY_KEPT}", (*RULES, *URLS, *MADE), described(cluster_role),
         ("create clusterrole reader --verb=get --resource=pods",)),
    Verb(("create", "rolebinding"),
         "rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] "
         f"[--serviceaccount=namespace:serviceaccountname] {DRY}",
         f"Create a RoleBinding. {ONLY_KEPT}", (CLUSTER_ROLE, Flag("role", metavar="NAME", help="Role to bind."), *SUBJECTS, *MADE),
         described(role_binding), ("create rolebinding ann --role=reader --user=ann",)),
    Verb(("create", "clusterrolebinding"),
         "clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] "
         f"[--serviceaccount=namespace:serviceaccountname] {DRY}",
         f"Create a ClusterRoleBinding. {ONLY_KEPT}", (CLUSTER_ROLE._replace(required=True), *SUBJECTS, *MADE),
         described(cluster_role_binding),
         ("create clusterrolebinding ann --clusterrole=reader --user=ann",)),
)  # fmt: skip
