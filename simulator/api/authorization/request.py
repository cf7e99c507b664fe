"""Who makes a request of the API server, what the request is, and how the server refuses it."""

from __future__ import annotations

from typing import NamedTuple

from simulator.api.errors import ApiError, details
from simulator.golang.text import quoted
from simulator.objects.kinds import Kind

AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
MASTERS = "system:masters"
SERVICE_ACCOUNTS = "system:serviceaccounts"
ACCOUNT_PREFIX = "system:serviceaccount:"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""What the server replaces in its sentence, so that no browser takes it for HTML."""


class User(NamedTuple):
    """An authenticated user."""

    name: str
    groups: tuple[str, ...] = (AUTHENTICATED,)


ANONYMOUS = User("system:anonymous", (UNAUTHENTICATED,))
"""The user of a request without credentials."""
ADMIN = User("kubernetes-admin", (MASTERS, AUTHENTICATED))
"""The user of a kubeconfig that installers write: may do everything."""


def account_user(namespace: str, name: str) -> User:
    """The user of a ServiceAccount's token, with the groups of all ServiceAccounts and of those of its namespace."""
    groups = (SERVICE_ACCOUNTS, f"{SERVICE_ACCOUNTS}:{namespace}", AUTHENTICATED)
    return User(f"{ACCOUNT_PREFIX}{namespace}:{name}", groups)


def named_user(name: str, groups: tuple[str, ...] = ()) -> User:
    """The user of that name, with the groups that the API server gives an impersonated one if none are named."""
    parts = name.removeprefix(ACCOUNT_PREFIX).split(":")
    if name.startswith(ACCOUNT_PREFIX) and len(parts) == 2:
        own = account_user(*parts)
        return own if not groups else User(name, _with(groups, AUTHENTICATED))
    if name == ANONYMOUS.name:
        return User(name, _with(groups, UNAUTHENTICATED))
    return User(name, groups if UNAUTHENTICATED in groups else _with(groups, AUTHENTICATED))


def _with(groups: tuple[str, ...], group: str) -> tuple[str, ...]:
    return groups if group in groups else (*groups, group)


class AccessRequest(NamedTuple):
    """A request, as authorization sees it. One with a `path` is about no resource; an empty `namespace` is the whole cluster."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def full_resource(self) -> str:
        """The resource with its subresource, as rules name it: `pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


def request_for(verb: str, kind: Kind, namespace: str | None, name: str = "", subresource: str = "") -> AccessRequest:
    """A request about objects of a kind; `namespace` None or empty: of all namespaces. A Namespace with a name is in itself."""
    where = (namespace or "") if kind.namespaced else name if kind.name == "Namespace" else ""
    return AccessRequest(verb, kind.group, kind.plural, subresource, where, name)


class AccessDenied(ApiError):
    """Forbidden by the authorizer, not by admission; `reason` is the authorizer's."""

    def __init__(self, user: User, request: AccessRequest, reason: str = "") -> None:
        self.user = user
        self.request = request
        message = forbidden_message(user, request)
        super().__init__("Forbidden", f"{message}: {reason}" if reason else message, details(request.name, request.group, request.resource))


def forbidden_message(user: User, request: AccessRequest) -> str:
    """The API server's sentence (apiserver/pkg/endpoints/handlers/responsewriters/errors.go)."""
    who = f"User {quoted(user.name)} cannot {request.verb}"
    if request.path:
        return f"forbidden: {f'{who} path {quoted(request.path)}'.translate(_ESCAPES)}"
    where = f"in the namespace {quoted(request.namespace)}" if request.namespace else "at the cluster scope"
    sentence = f"{who} resource {quoted(request.full_resource)} in API group {quoted(request.group)} {where}".translate(_ESCAPES)
    resource = f"{request.resource}.{request.group}" if request.group else request.resource
    named = f" {quoted(request.name)}" if request.name else ""
    return f"{resource}{named} is forbidden: {sentence}"
