"""Commands that documents name inside sentences exist, and so do their options."""

from __future__ import annotations

import re
import shlex
from functools import cache

import pytest
from click.testing import CliRunner

from simulator.cli.app import podsim as root
from tests.cli.test_help import PATHS
from tests.documents.pages import FENCE, pages, read

INLINE = re.compile(r"`podsim ([^`\n]+)`")
OPTION = re.compile(r"^--?[a-z][\w-]*")


def commands(page: str) -> list[str]:
    return INLINE.findall(FENCE.sub("", read(page)))


@cache
def help_of(path: tuple[str, ...]) -> str:
    return CliRunner().invoke(root, [*path, "--help"]).output


def wrong(command: str) -> str:
    """What is wrong with a command; empty: nothing."""
    # What follows `--` is a command of another program.
    words = shlex.split(command.partition(" -- ")[0])
    path = next((tuple(words[:n]) for n in (3, 2, 1) if tuple(words[:n]) in PATHS), None)
    if path is None:
        return "" if words[0] in ("COMMAND", "--help", "--version", "help") else "no such command"
    options = [match[0] for word in words if (match := OPTION.match(word))]
    missing = [option for option in options if option != "--help" and not re.search(rf"(?<![\w-]){option}(?![\w-])", help_of(path))]
    return f"no option {', '.join(missing)}" if missing else ""


@pytest.mark.parametrize("page", [page for page in pages() if commands(page)])
def test_they_exist(page: str) -> None:
    assert {command: why for command in commands(page) if (why := wrong(command))} == {}


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("run app.yaml --exact", ""),
        ("create deployment web --image=nginx", ""),
        ("runn app.yaml", "no such command"),
        ("get pods --att 40s -o wide", "no option --att"),
    ],
)
def test_what_is_wrong(command: str, why: str) -> None:
    assert wrong(command) == why
