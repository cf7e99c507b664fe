"""What one user may do with the objects of one instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.api.admission_refusal import aggregate
from simulator.api.authorization.policy import evaluation_errors, is_allowed
from simulator.api.authorization.request import ACCOUNT_PREFIX, AccessDenied, AccessRequest, User
from simulator.journal.reads import Reads


class Access(NamedTuple):
    """A user, and the Roles and bindings that count. `denied` gets each refusal."""

    reads: Reads
    user: User
    denied: Callable[[AccessDenied], object] = lambda _error: None

    def allows(self, request: AccessRequest) -> bool:
        """Whether the user may do that; nothing is recorded."""
        return is_allowed(self.reads, self.user, request)

    def check(self, request: AccessRequest) -> None:
        """Raise AccessDenied when the user may not do that."""
        if not self.allows(request):
            error = AccessDenied(self.user, request, denial_reason(self.reads, self.user, request))
            self.denied(error)
            raise error

    def impersonate(self, user: User) -> Access:
        """The access of another user, on whose behalf this one makes requests. Raises AccessDenied."""
        for request in _impersonations(user):
            self.check(request)
        return self._replace(user=user)


def denial_reason(reads: Reads, user: User, request: AccessRequest) -> str:
    """What the authorizer says of bindings of the user whose role is missing."""
    errors = list(dict.fromkeys(evaluation_errors(reads, user, request.namespace)))
    return f"RBAC: {aggregate(errors)}" if errors else ""


def _impersonations(user: User) -> list[AccessRequest]:
    """What must be allowed to make requests as a user; the groups that the API server adds itself need no permission."""
    if user.name.startswith(ACCOUNT_PREFIX):
        namespace, _, name = user.name.removeprefix(ACCOUNT_PREFIX).partition(":")
        return [AccessRequest("impersonate", resource="serviceaccounts", namespace=namespace, name=name)]
    named = [AccessRequest("impersonate", resource="groups", name=group) for group in user.groups if not group.startswith("system:")]
    return [AccessRequest("impersonate", resource="users", name=user.name), *named]
