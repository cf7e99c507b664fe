"""Label and field selectors of command lines, and the sentences about those that cannot be read."""

from __future__ import annotations

from simulator.kubectl.errors import KubectlError
from simulator.manifest.selectors import parse_labels as read_labels
from simulator.objects import selector_text as selector_text_module
from simulator.objects.kinds import Kind
from simulator.objects.selector_text import Requirement


def parse_labels(text: str, kind: Kind | None = None, fields: str = "") -> list[Requirement]:
    """The terms of `-l`. Raises KubectlError: it is the server that reads them, when objects of a kind are asked for."""
    try:
        return read_labels(text)
    except ValueError as error:
        raise KubectlError(f"error: {error}" if kind is None else _refused(kind, text, fields, error)) from error


def parse_fields(text: str, kind: Kind, labels: str = "") -> list[tuple[str, bool, str]]:
    """The terms of `--field-selector`: path, whether it must be equal, value. Raises KubectlError."""
    try:
        return selector_text_module.parse_fields(text)
    except ValueError as error:
        raise KubectlError(_refused(kind, labels, text, error)) from error


def unselectable(kind: Kind, labels: str, fields: str, why: str) -> str:
    """The server cannot read a selector."""
    group, _, version = kind.api_version.rpartition("/")
    which = f'"{group}/{version}, Resource={kind.plural}"'
    return f'Unable to find {which} that match label selector "{labels}", field selector "{fields}": {why}'


def _refused(kind: Kind, labels: str, fields: str, error: ValueError) -> str:
    return f"Error from server (BadRequest): {unselectable(kind, labels, fields, str(error))}"
