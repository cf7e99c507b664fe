"""How command lines are sorted into options and operands, by the rules of getopt_long(3) and of Go's flag package."""

from __future__ import annotations

import getopt

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from simulator.process.problems import NotSimulatedError, UsageError
from simulator.userland.flags import Flags, Unknown, count, either, number, optional, seconds, switch, value, values, values_of
from simulator.userland.net.curl import CurlFlags
from simulator.userland.table import MODULES
from tests.fake_container import World, sh


class Tool(Flags, digits="lines"):
    quiet = switch("-q", "--quiet")
    verbose = count("-v", "--verbose")
    output = value("-o", "--output")
    header = values("-H", "--header")
    suffix = optional("-i", "--in-place")
    lines = number("-n", "--lines", default=10)
    wait = seconds("-w", "--wait")


class Wrapper(Flags, stop=True):
    user = value("-u")


class Lenient(Flags, unknown=Unknown.REPORT):
    host = value("-h", "--host")


class Go(Flags, unknown=Unknown.SKIP):
    addr = value(*either("addr", "a"), default="localhost")
    tls = switch(*either("tls"))


def test_nothing_given() -> None:
    given = Tool.parse([])
    assert (given.quiet, given.verbose, given.output, given.header, given.suffix, given.lines, given.wait) == (
        False, 0, None, (), None, 10, None,
    )  # fmt: skip
    assert given.operands == given.after_dashes == given.before_dashes == given.ignored == []


SPELLINGS = [
    (["-o", "f"], "f"),
    (["-of"], "f"),
    (["-qof"], "f"),
    (["-qo", "f"], "f"),
    (["--output", "f"], "f"),
    (["--output=f"], "f"),
    (["--output=a=b"], "a=b"),
    (["-o=f"], "=f"),
    (["-o", "-q"], "-q"),
    (["-o", ""], ""),
    (["-oa", "-o", "b"], "b"),
]


@pytest.mark.parametrize(("args", "expected"), SPELLINGS)
def test_a_value_in_every_spelling(args: list[str], expected: str) -> None:
    assert Tool.parse(args).output == expected


def test_switches_count_and_lists_keep_their_order() -> None:
    given = Tool.parse(["-vv", "-qv", "--verbose", "-Ha: 1", "--header", "b: 2", "-H", "c: 3"])
    assert (given.quiet, given.verbose, given.header) == (True, 4, ("a: 1", "b: 2", "c: 3"))


def test_an_optional_value_is_glued_to_its_option() -> None:
    assert Tool.parse(["-i", "f"]).suffix == ""
    assert Tool.parse(["-i", "f"]).operands == ["f"]
    assert Tool.parse(["-i.bak"]).suffix == ".bak"
    assert Tool.parse(["-qi.bak"]).suffix == ".bak"
    assert Tool.parse(["--in-place"]).suffix == ""
    assert Tool.parse(["--in-place=.old"]).suffix == ".old"


def test_numbers_and_times() -> None:
    given = Tool.parse(["-n5", "-w", "1.5m"])
    assert (given.lines, given.wait) == (5, 90 * 10**9)
    assert Tool.parse(["-7"]).lines == 7
    assert Tool.parse(["-w", "soon"]).wait is None
    with pytest.raises(UsageError, match="invalid number 'x'"):
        _ = Tool.parse(["-n", "x"]).lines


def test_operands_may_come_between_options_unless_they_end_them() -> None:
    given = Tool.parse(["a", "-q", "b", "-", "--", "-q", "c"])
    assert (given.quiet, given.operands) == (True, ["a", "b", "-", "-q", "c"])
    assert (given.before_dashes, given.after_dashes) == (["a", "b", "-"], ["-q", "c"])
    wrapped = Wrapper.parse(["-u", "me", "ls", "-u", "--", "x"])
    assert (wrapped.user, wrapped.operands) == ("me", ["ls", "-u", "--", "x"])


def test_unknown_options() -> None:
    for args in (["-z"], ["-qz"], ["--zero"], ["--zero=1"]):
        with pytest.raises(NotSimulatedError, match="option -"):
            Tool.parse(args)
    given = Lenient.parse(["-z", "--zero=1", "-h", "db", "x"])
    assert (given.host, given.ignored, given.operands) == ("db", ["-z", "--zero"], ["x"])
    skipped = Go.parse(["-zaddr", "-rpc-timeout=3s", "-addr=up:1", "x"])
    assert (skipped.addr, skipped.ignored, skipped.operands) == ("up:1", [], ["x"])


@pytest.mark.parametrize("args", [["-addr", "h:1"], ["--addr", "h:1"], ["-addr=h:1"], ["--addr=h:1"], ["-a=h:1"], ["-a", "h:1"]])
def test_words_with_one_dash_or_two(args: list[str]) -> None:
    assert Go.parse(args).addr == "h:1"
    assert Go.parse([*args, "-tls"]).tls


def test_a_missing_value_is_reported_in_the_tools_own_words() -> None:
    with pytest.raises(UsageError) as getopts:
        Tool.parse(["-q", "-o"])
    assert (getopts.value.text, getopts.value.status) == ("option requires an argument -- 'o'", 1)
    container = sh("curl --retry; echo $?; timeout -k; echo $?; grep -m; echo $?; redis-cli -h; echo $?")
    assert container.stdout == "2\n125\n2\n1\n"
    assert container.stderr.splitlines() == [
        "curl: option --retry: requires parameter",
        "curl: try 'curl --help' or 'curl --manual' for more information",
        "timeout: option requires an argument -- 'k'",
        "grep: option requires an argument -- 'm'",
        "redis-cli: Unrecognized option or bad number of args for: '-h'",
    ]


def test_a_table_inherits_rows_and_rules() -> None:
    class More(Tool):
        force = switch("-f")

    given = More.parse(["-fq", "-3"])
    assert (given.force, given.quiet, given.lines) == (True, True, 3)
    with pytest.raises(NotSimulatedError):
        Tool.parse(["-f"])


@drawn(st.lists(st.sampled_from(["-q", "-v", "-qv", "-o", "-ox", "-vox", "--quiet", "--output=y", "--output", "a", "-", "--", "b"])))
def test_it_agrees_with_pythons_getopt(args: list[str]) -> None:
    """Where Python's own parser refuses, so does ours; else both find the same."""
    try:
        pairs, operands = getopt.gnu_getopt(args, "qvo:", ["quiet", "verbose", "output="])
    except getopt.GetoptError:
        with pytest.raises(UsageError):
            Tool.parse(args)
        return
    given = Tool.parse(args)
    outputs = [text for name, text in pairs if name in ("-o", "--output")]
    assert given.operands == operands
    assert given.output == (outputs[-1] if outputs else None)
    assert given.quiet == any(name in ("-q", "--quiet") for name, _ in pairs)
    assert given.verbose == sum(name == "-v" for name, _ in pairs)


def test_values_of_some_options_among_unknown_ones() -> None:
    args = ("--tls", "--host", "a", "-x1", "-hb", "--host=c", "-h")
    assert list(values_of(args, "-h --host")) == ["a", "b", "c"]
    assert list(values_of(args, "--port")) == []


def test_options_have_names_of_their_own() -> None:
    given = CurlFlags.parse(["-sSL", "--retry", "3", "--retry-connrefused", "-H", "A: b", "--compressed", "http://up"])
    assert (given.silent, given.show_error, given.location, given.retry, given.retry_connrefused) == (True, True, True, 3, True)
    assert (given.header, given.operands, given.ignored) == (("A: b",), ["http://up"], [])


@pytest.mark.parametrize("name", sorted({"[", "test", "yes"} ^ set(MODULES)))
def test_a_missing_value_never_breaks_a_tool(name: str) -> None:
    for option in ("-o", "-n", "-h", "-u", "-t", "--output", "--timeout", "-wait"):
        sh(f"{name} {option}", world=World(unknown=None), until=3)
