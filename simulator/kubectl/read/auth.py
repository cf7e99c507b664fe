"""`kubectl auth can-i` (kubectl/pkg/cmd/auth/cani.go)."""

from __future__ import annotations

from simulator.api.authorization.access import Access, denial_reason
from simulator.api.authorization.policy import EVERYTHING, rules_for
from simulator.api.authorization.request import ADMIN, AccessRequest, User, named_user
from simulator.api.authorization.rule_list import rule_rows
from simulator.api.resources import resource_kind
from simulator.golang.pflag import Flag
from simulator.golang.tabwriter import TableWriter
from simulator.kubectl.errors import Complaint, KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.verb import Caller, Reading, Verb
from simulator.kubectl.view import Printed, View
from simulator.objects.kinds import Kind

RESOURCE_VERBS = frozenset(
    (
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "impersonate", "*", "approve",
        "sign", "escalate", "attest",
    )
)  # fmt: skip
URL_VERBS = frozenset(("get", "put", "post", "head", "options", "delete", "patch", "*"))
UNDISCOVERED = ("users", "groups")
"""Resources that no discovery lists, of the verb `impersonate`."""
TWO_ARGUMENTS = (
    "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples."
)
NO_ARGUMENTS = "list option must be specified with no arguments"
LIST_ALONE = "list option can't be specified with neither quiet, all-namespaces nor subresource options"
URL_SUBRESOURCE = "--subresource can not be used with NonResourceURL"
LIST_HEADERS = "--no-headers cannot be set without --list specified"
GROUPS_WITHOUT_USER = "requesting uid, groups or user-extra without impersonating a user"
TITLES = ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]


def can_i(words: Words, view: View, caller: Caller) -> Printed:
    """What `kubectl auth can-i` prints: yes with exit code 0, no with 1; with `--list` everything that the user may do."""
    try:
        access = _access(words, view, caller)
        if words["list"]:
            return Printed(_listed(words, access, caller.namespace))
        warnings: list[str] = []
        request = _request(words, view, caller, warnings)
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)
    notes = "".join(f"Warning: {warning}\n\n" for warning in warnings)
    allowed = access is None or access.allows(request)
    reason = "" if access is None or allowed else denial_reason(access.reads, access.user, request)
    text = "yes\n" if allowed else f"no{f' - {reason}' if reason else ''}\n"
    return Printed("" if words["quiet"] else text, notes, 0 if allowed else 1)


def _access(words: Words, view: View, caller: Caller) -> Access | None:
    """What the user may do; None: everything, because nothing is authorized. A container's kubectl knows its user."""
    if caller.live:
        return caller.access
    if words["as-group"] and not words["as"]:
        raise Complaint(GROUPS_WITHOUT_USER)
    user: User = named_user(words["as"], tuple(words["as-group"])) if words["as"] else ADMIN
    return None if view.snapshot.header.authorization else Access(view.snapshot, user)


def _request(words: Words, view: View, caller: Caller, warnings: list[str]) -> AccessRequest:
    """The request that the arguments mean; `warnings` gets what kubectl warns about. Raises KubectlError."""
    if len(words.args) != 2:
        raise Complaint(TWO_ARGUMENTS)
    verb, target = words.args
    if target.startswith("/"):
        if words["subresource"]:
            raise Complaint(URL_SUBRESOURCE)
        if verb not in URL_VERBS:
            warnings.append(f"verb '{verb}' is not a known verb")
        request = AccessRequest(verb, path=target)
    else:
        word, _, name = target.partition("/")
        kind = None if word == "*" else _kind(word, view, warnings)
        namespace = "" if words["all-namespaces"] else caller.namespace
        if namespace:
            _warn(verb, kind, warnings)
        group, resource = ("", word) if kind is None else (kind.group, kind.plural)
        request = AccessRequest(verb, group, resource, words["subresource"], namespace, name)
    if words["no-headers"]:
        raise Complaint(LIST_HEADERS)
    return request


def _kind(word: str, view: View, warnings: list[str]) -> Kind | None:
    """The kind of a resource; None: the server has none, which is worth a warning."""
    kind = resource_kind(word, view.snapshot)
    if kind is None and word.lower() not in UNDISCOVERED:
        resource, _, group = word.lower().partition(".")
        warnings.append(f"the server doesn't have a resource type '{resource}'" + (f" in group '{group}'" if group else ""))
    return kind


def _warn(verb: str, kind: Kind | None, warnings: list[str]) -> None:
    if kind is not None and not kind.namespaced:
        warnings.append(f"resource '{kind.plural}' is not namespace scoped" + (f" in group '{kind.group}'" if kind.group else ""))
    if verb not in RESOURCE_VERBS:
        warnings.append(f"verb '{verb}' is not a known verb")


# ---- the list


def _listed(words: Words, access: Access | None, namespace: str) -> str:
    if words.args:
        raise Complaint(NO_ARGUMENTS)
    if words["quiet"] or words["all-namespaces"] or words["subresource"]:
        raise Complaint(LIST_ALONE)
    rules = EVERYTHING if access is None else rules_for(access.reads, access.user, namespace)
    return TableWriter().table([*([] if words["no-headers"] else [TITLES]), *rule_rows(rules)])


VERBS: tuple[Verb, ...] = (
    Verb(("auth", "can-i"), "VERB [TYPE | TYPE/NAME | NONRESOURCEURL]", "Check whether a user is allowed to do something.", (
        Flag("as", metavar="USER", help="User to check: system:serviceaccount:NAMESPACE:NAME, or any name. Default: an administrator."),
        Flag("as-group", "array", metavar="GROUP", help="Group of that user. Repeatable."),
        Flag("list", "bool", help="List everything that the user may do in the namespace."),
        Flag("subresource", metavar="NAME", help="Subresource: log, exec, scale."),
        Flag("quiet", "bool", "q", help="Print nothing; only set the exit code."),
        Flag("no-headers", "bool", help="With --list: don't print column headers."),
    ), Reading(can_i, "Print whether RBAC allows a request at that time: yes, or no with exit code 1."), (
        "auth can-i list pods",
        "auth can-i get /version --as system:serviceaccount:default:default",
        "auth can-i --list --as system:serviceaccount:default:default",
    )),
)  # fmt: skip
