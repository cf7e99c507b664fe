"""The index of commands and the modules that hold them say the same."""

from __future__ import annotations

import shutil
import subprocess
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.userland.table import MODULES, is_tool, program
from tests.fake_container import World, sh


@pytest.mark.parametrize("module", sorted(set(MODULES.values())))
def test_a_module_holds_what_the_index_says(module: str) -> None:
    held = import_module(f"simulator.userland.{module}").COMMANDS
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
    container = sh("jq -r '.a.b[1].c' /c.json; jq .a.b[0] < /c.json; jq -e .n /c.json; echo $?; jq '{x: .a}' /c.json", files=files)
    assert (container.stdout, container.main.status) == ("x\n1\nnull\n1\n", 2)
    assert container.world.notes == [("jq", "the filter '{x: .a}'")]


JQ = [
    (".", "[]", "[]"),
    (".items[].name", '{"items":[{"name":"a"},{"name":"b"}]}', '"a"\n"b"'),
    ('.[] | select(.t == "Ready" and .s != "False") | .s', '[{"t":"Ready","s":"True"},{"t":"x","s":"y"}]', '"True"'),
    ("[.[] | .n] | add", '[{"n":1},{"n":2}]', "3"),
    ('.a // "none"', '{"a":null}', '"none"'),
    (".a | keys | length", '{"a":{"b":1,"c":2}}', "2"),
    ("all(.ok)", '[{"ok":true},{"ok":false}]', "false"),
    ('map(.k) | join(",")', '[{"k":"x"},{"k":"y"}]', '"x,y"'),
    ('.["a-b"].c, .x?', '{"a-b":{"c":4}}', "4\nnull"),
    (".[-1]", "[1,2,3]", "3"),
    ("(.n + 1) * 2 >= 6 | not", '{"n":2}', "false"),
    ('.v | test("^1\\\\.") , startswith("1")', '{"v":"1.2"}', "true\ntrue"),
    (".data.p | @base64d", '{"data":{"p":"aGk="}}', '"hi"'),
    ('has("a"), (.a | type)', '{"a":[]}', 'true\n"array"'),
]


@pytest.mark.parametrize(("text", "given", "answer"), JQ)
def test_jq_answers_as_the_real_one(text: str, given: str, answer: str) -> None:
    assert sh(f"jq -c '{text}' /in", files={"in": given}).stdout == answer + "\n"
    if real := shutil.which("jq"):
        done = subprocess.run([real, "-c", text], input=given, capture_output=True, text=True, check=False)
        assert done.stdout == answer + "\n"


def test_jq_says_what_does_not_fit() -> None:
    container = sh("jq .a[0].b /in; echo $?; jq '.[' /in; echo 'x' | jq .; echo $?", files={"in": '{"a":["x"]}'})
    assert container.stdout == "5\n5\n"
    assert "Cannot index string with" in container.stderr


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
    "'http://<h>:<port>'",
    "--endpoints=http://h:x",
    "tcp://h:99999",
    "h:x",
    "--host",
    "--server=[::1",
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


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(sorted(set(MODULES) - {"yes"})), st.lists(st.sampled_from(TOKENS), max_size=5))
def test_no_command_breaks_whatever_it_is_given(name: str, arguments: list[str]) -> None:
    world = World(unknown=None, names={"h"}, ports={("h", 80)})
    sh(f"printf 'a b\\nc\\n' | {name} {' '.join(arguments)}", world=world, files={"w/f.txt": "a 1\nb 2\n"}, until=3)


@pytest.mark.parametrize(
    ("ours", "commands"),
    [
        (True, "install /usr/bin/install migrate /wait /wait-for-it.sh /opt/bitnami/kafka/bin/kafka-topics.sh /tini /busybox/cat"),
        (False, "/opt/cni/bin/install ./migrate /opt/wait /app/test frobnicate"),
    ],
)
def test_a_plain_name_is_a_tool_only_where_systems_keep_theirs(commands: str, *, ours: bool) -> None:
    assert [is_tool(command) for command in commands.split()] == [ours] * len(commands.split())


def test_people_who_run_commands_for_others_are_passed_over() -> None:
    script = "su - postgres -c 'echo a'; su postgres -s /bin/bash -c 'echo b'; runuser -u x -- echo c; su nobody; chpst -u a:b echo d"
    assert sh(script).stdout == "a\nb\nc\nd\n"


def test_what_openssl_makes_is_there() -> None:
    container = sh("openssl req -x509 -newkey rsa:2048 -keyout /tmp/k.pem -out /tmp/c.pem && ls /tmp; openssl rand -hex 8 | wc -c")
    assert container.stdout == "c.pem\nk.pem\n17\n"


def test_an_option_that_nobody_knows_does_not_stop_a_client() -> None:
    world = World()
    world.open("db", 5432)
    assert sh("psql --never-heard -h db -c 'select 1' && cp --strange /tmp/a /tmp/b", world=world, files={"/tmp/a": "x"}).main.status == 0
    assert world.notes == [
        ("psql", "option --never-heard is assumed to have no effect"), ("cp", "option --strange is assumed to have no effect"),
    ]  # fmt: skip
