"""The index of commands and the modules that hold them say the same."""

from __future__ import annotations

from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.shell.commands.table import MODULES, program

from .world import World, sh


@pytest.mark.parametrize("module", sorted(set(MODULES.values())))
def test_a_module_holds_what_the_index_says(module: str) -> None:
    held = import_module(f"simulator.shell.commands.{module}").COMMANDS
    assert set(held) == {name for name, where in MODULES.items() if where == module}


def test_every_command_says_what_it_does() -> None:
    assert len(MODULES) > 130
    assert [name for name in MODULES if not getattr(program(name), "__doc__", "")] == []


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"yes"}))
def test_no_command_breaks_on_strange_arguments(name: str) -> None:
    """Whatever it is given, it ends with an exit code or waits; it never raises."""
    world = World(unknown=None)
    for arguments in ("", "--no-such-option", "-z", "a b c", "-- x", "'' ''", "-n", "5", "x=y"):
        sh(f"{name} {arguments}", world=world, until=5)


def test_wrappers_run_what_follows() -> None:
    assert sh(
        "nice -n 5 echo a; nohup echo b; tini -- echo c; gosu redis echo d; busybox echo e; flock /tmp/l echo f; which nc"
    ).stdout == ("a\nb\nc\nd\ne\nf\n/usr/bin/nc\n")


def test_jq_follows_paths() -> None:
    files = {"c.json": '{"a": {"b": [1, {"c": "x"}]}, "n": null}'}
    container = sh("jq -r '.a.b[1].c' /c.json; jq .a.b[0] < /c.json; jq -e .n /c.json; echo $?; jq '.a | keys' /c.json", files=files)
    assert (container.stdout, container.main.status) == ("x\n1\nnull\n1\n", 2)
    assert container.world.notes == [("jq", "the filter '.a | keys'")]


TOKENS = [
    "-n",
    "-c",
    "-f",
    "-k",
    "x",
    "1",
    "0",
    "-1",
    "a:b",
    "f.txt",
    "/nope",
    ".",
    "-",
    "--",
    "s/a/b/",
    "'{print$1}'",
    "-d",
    "=",
    "-e",
    "http://h:80/",
    "h",
    "-p",
    "-h",
    "80",
    "-w",
    "5s",
    "-o",
    "jsonpath={.a}",
    "get",
    "pod",
    "wait",
    "--for=condition=x",
    "-s",
    "-t",
    "'%d%s'",
    "-i",
    "-l",
    "''",
    "'a",
    "b'",
    "-x",
    "+%s",
    "-m",
    "a,b",
    "-F:",
    "99999",
    "[",
    "]",
    "-E",
    "'('",
    "-z",
    "3-1",
    "--timeout=x",
    "-q",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(set(MODULES) - {"yes"})), st.lists(st.sampled_from(TOKENS), max_size=5))
def test_no_command_breaks_whatever_it_is_given(name: str, arguments: list[str]) -> None:
    world = World(unknown=None, names={"h"}, ports={("h", 80)})
    sh(f"printf 'a b\\nc\\n' | {name} {' '.join(arguments)}", world=world, files={"w/f.txt": "a 1\nb 2\n"}, until=3)
