"""The errors of the API server."""

from __future__ import annotations

from simulator.objects.base import JSON
from simulator.objects.kinds import Key, kind_of_key


class ApiError(Exception):
    """A refused request inside the simulated cluster: `reason` is metav1.StatusReason, `message` the server's sentence.

    `details` say which object and why (metav1.StatusDetails); None: the answer has none.
    """

    def __init__(self, reason: str, message: str, details: JSON | None = None) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message
        self.details = details


def details_of(key: Key) -> JSON:
    """The details of a refusal that concerns an object."""
    kind = kind_of_key(key)
    return details(key.name, kind.group, kind.plural)


def details(name: str, group: str, kind: str) -> JSON:
    """Details with an object's name, its group, and its kind or resource; empty ones are left out."""
    return {word: value for word, value in (("name", name), ("group", group), ("kind", kind)) if value}


def not_found(key: Key) -> ApiError:
    """NotFound: the object does not exist."""
    return ApiError("NotFound", f'{kind_of_key(key).resource} "{key.name}" not found', details_of(key))


def already_exists(key: Key) -> ApiError:
    """AlreadyExists: an object of that name exists."""
    return ApiError("AlreadyExists", f'{kind_of_key(key).resource} "{key.name}" already exists', details_of(key))


MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


def conflict(key: Key, why: str = MODIFIED) -> ApiError:
    """Conflict: the object was changed since it was read, or is not the one that the request means."""
    return ApiError("Conflict", f'Operation cannot be fulfilled on {kind_of_key(key).resource} "{key.name}": {why}', details_of(key))
