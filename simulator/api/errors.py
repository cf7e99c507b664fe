"""The errors of the API server."""

from __future__ import annotations

from simulator.objects.kinds import BY_NAME, Key


class ApiError(Exception):
    """A refused request inside the simulated cluster: `reason` is metav1.StatusReason, `message` the server's sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message


def _resource(key: Key) -> str:
    kind = BY_NAME.get(key.kind)
    return kind.resource if kind else key.kind.lower()


def not_found(key: Key) -> ApiError:
    """NotFound: the object does not exist."""
    return ApiError("NotFound", f'{_resource(key)} "{key.name}" not found')


def already_exists(key: Key) -> ApiError:
    """AlreadyExists: an object of that name exists."""
    return ApiError("AlreadyExists", f'{_resource(key)} "{key.name}" already exists')


def conflict(key: Key) -> ApiError:
    """Conflict: the object was changed since it was read."""
    return ApiError(
        "Conflict",
        f'Operation cannot be fulfilled on {_resource(key)} "{key.name}": the object has been modified; '
        "please apply your changes to the latest version and try again",
    )
