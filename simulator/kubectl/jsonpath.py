"""JSONPath on kubectl's command line: the templates of `golang.jsonpath`, with their errors as kubectl prints them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from simulator.golang import jsonpath
from simulator.golang.jsonpath import Block, JSONPathError
from simulator.kubectl.errors import KubectlError


@contextmanager
def _kubectl_errors() -> Iterator[None]:
    try:
        yield
    except JSONPathError as error:
        raise KubectlError(f"error: {error}") from error


def parse_template(template: str) -> list[Block]:
    """The blocks of a template. Raises KubectlError."""
    with _kubectl_errors():
        return jsonpath.parse_template(template)


def relaxed(expression: str) -> str:
    """`metadata.name`, `.metadata.name` and `{.metadata.name}` as the last of them. Raises KubectlError."""
    with _kubectl_errors():
        return jsonpath.relaxed(expression)


def find(template: str, value: Any) -> list[list[Any]]:
    """The values of each block of the template in a JSON value. Raises KubectlError."""
    with _kubectl_errors():
        return jsonpath.find(template, value)


def results(blocks: list[Block], value: Any) -> list[Any]:
    """The values of all blocks in a JSON value. Raises KubectlError."""
    with _kubectl_errors():
        return [result for block in blocks for result in block.results(value)]


def render(template: str, value: Any) -> str:
    """The template filled in, as `-o jsonpath` prints it. Raises KubectlError."""
    with _kubectl_errors():
        return jsonpath.render(template, value)
