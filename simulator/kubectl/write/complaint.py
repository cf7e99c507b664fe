"""What kubectl prints on standard error, and how it words one error or several (kubectl/pkg/cmd/util/helpers.go)."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.api.admission_refusal import as_kubectl, server_error
from simulator.api.errors import ApiError


class Complaint(Exception):
    """A sentence of kubectl's own, as it stands behind `error: `; `code` is the exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


Trouble = Complaint | ApiError


def at_source(error: ApiError, verb: str, source: str) -> ApiError:
    """The same refusal, of an object from a file."""
    if not source:
        return error
    placed = type(error).__new__(type(error))
    placed.__dict__.update(error.__dict__)
    placed.message = f'error when {verb} "{source}": {error.message}'
    return placed


def said(troubles: Sequence[Trouble]) -> str:
    """What kubectl prints on standard error: one error in full, of several a line each."""
    if len(troubles) != 1:
        return "".join(f"{trouble.text if isinstance(trouble, Complaint) else server_error(trouble)}\n" for trouble in troubles)
    (only,) = troubles
    if isinstance(only, ApiError):
        return as_kubectl(only)
    text = only.text if only.text.startswith("error: ") else f"error: {only.text}"
    return text if text.endswith("\n") else f"{text}\n"
