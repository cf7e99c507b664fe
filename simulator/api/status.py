"""Answers that are no objects: metav1.Status, with what a client needs to know about a refusal."""

from __future__ import annotations

from simulator.api.errors import ApiError, details
from simulator.objects.base import JSON
from simulator.objects.kinds import Kind

CODES = {
    "BadRequest": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "NotAcceptable": 406,
    "AlreadyExists": 409,
    "Conflict": 409,
    "Expired": 410,
    "Gone": 410,
    "RequestEntityTooLarge": 413,
    "UnsupportedMediaType": 415,
    "Invalid": 422,
    "TooManyRequests": 429,
    "InternalError": 500,
    "ServiceUnavailable": 503,
    "Timeout": 504,
}
"""HTTP status codes by metav1.StatusReason. An error without a reason is an internal one."""
UNKNOWN_CODE = 500


def code_of(error: ApiError) -> int:
    """The HTTP status code of a refusal."""
    return CODES.get(error.reason, UNKNOWN_CODE)


def status_of(error: ApiError) -> JSON:
    """A refusal as the API server answers it."""
    reason = {"reason": error.reason} if error.reason else {}
    about = {} if error.details is None else {"details": error.details}
    return {**_status("Failure"), "message": error.message, **reason, **about, "code": code_of(error)}


def deleted(kind: Kind, name: str, uid: str) -> JSON:
    """The answer to the deletion of an object that is gone at once."""
    return {**_status("Success"), "details": {**details(name, kind.group, kind.plural), "uid": uid}}


def done() -> JSON:
    """The answer to a request that makes something which is no object: an eviction, a binding."""
    return {**_status("Success"), "code": 201}


def _status(word: str) -> JSON:
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": word}
