"""What kubectl prints on standard error, and how it words one error or several (kubectl/pkg/cmd/util/helpers.go)."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.api.admission_refusal import as_kubectl, server_error
from simulator.api.authorization.request import AccessDenied
from simulator.api.errors import ApiError


class KubectlError(Exception):
    """A command that kubectl would refuse: its words for standard error, and the exit code (2: podsim's own refusals)."""

    def __init__(self, message: str, code: int = 1) -> None:
        self.code = code
        super().__init__(message)


class Complaint(KubectlError):
    """A sentence of kubectl's own; `text` is what stands behind `error: `."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text if text.startswith("error: ") else f"error: {text}", code)
        self.text = text


class Denied(KubectlError):
    """The API server does not allow the request: Forbidden."""

    def __init__(self, error: AccessDenied) -> None:
        super().__init__(server_error(error))


class Refusal(Complaint):
    """kubectl refuses before it asks the server. `usage`: it points at the command's help."""

    def __init__(self, text: str, *, usage: bool = False) -> None:
        super().__init__(text)
        self.usage = usage


class Unsupported(Refusal):
    """kubectl would do it, podsim does not: its own words."""


Trouble = KubectlError | ApiError


def at_source(error: ApiError, verb: str, source: str) -> ApiError:
    """The same refusal, of an object from a file."""
    if not source:
        return error
    placed = type(error).__new__(type(error))
    placed.__dict__.update(error.__dict__)
    placed.message = f'error when {verb} "{source}": {error.message}'
    return placed


def in_words(troubles: Sequence[Trouble]) -> str:
    """What kubectl prints on standard error: one error in full, of several a line each, without the word `error`."""
    if len(troubles) != 1:
        return "".join(f"{_line(trouble)}\n" for trouble in troubles)
    (only,) = troubles
    if isinstance(only, ApiError):
        return as_kubectl(only)
    return str(only) if str(only).endswith("\n") else f"{only}\n"


def _line(trouble: Trouble) -> str:
    if isinstance(trouble, ApiError):
        return server_error(trouble)
    return trouble.text if isinstance(trouble, Complaint) else str(trouble).removeprefix("error: ")
