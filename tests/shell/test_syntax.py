"""Syntax errors point at their place; quoting survives the trip through the parser."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.shell.quoting import quote
from simulator.shell.syntax.nodes import Simple
from simulator.shell.syntax.parser import parse
from simulator.shell.syntax.scanner import ShellSyntaxError
from tests.fake_container import sh

ERRORS = {
    "echo a\nif x; then\n  y\n": 'line 4: syntax error: expected "elif" or "else" or "fi" after "then", found end of script\n  \n  ^',
    "echo ok; fi": 'line 1: syntax error: unexpected "fi"\n  echo ok; fi\n           ^',
    'echo "abc': 'line 1: syntax error: a double quote is never closed\n  echo "abc\n       ^',
    "a && ) b": 'line 1: syntax error: unexpected ")"\n  a && ) b\n       ^',
    "for 1 in x; do y; done": 'line 1: syntax error: expected a name after "for"\n  for 1 in x; do y; done\n      ^',
    "x=(1 2)": 'line 1: syntax error: unexpected "("\n  x=(1 2)\n    ^',
    "case x in a) b": 'line 1: syntax error: expected ";;" or "esac"\n  case x in a) b\n                ^',
    "cat <<< x": "line 1: syntax error: unexpected redirection (sh has no here-strings)\n  cat <<< x\n      ^",
    "echo ${a%": 'line 1: syntax error: expected "}"\n  echo ${a%\n       ^',
}


@pytest.mark.parametrize(("script", "message"), ERRORS.items())
def test_an_error_shows_line_source_and_place(script: str, message: str) -> None:
    with pytest.raises(ShellSyntaxError) as caught:
        parse(script)
    assert str(caught.value) == message


def test_inside_the_simulated_world_a_syntax_error_is_an_exit_code() -> None:
    container = sh("echo a; if")
    assert (container.main.status, container.stdout) == (2, "")
    assert "syntax error" in container.stderr
    assert sh("eval 'if'; echo never").main.status == 2


ACCEPTED = (
    "exec 3<>/dev/tcp/a/80",
    "a <<E1 <<E2\n1\nE1\n2\nE2\n",
    "a & b & wait",
    "x=$(cat <<E\nhi\nE\n)",
    "f() { :; }; function g { :; }",
    "[[ a =~ (b|c)+ ]]",
    "for ((i=0;i<3;i++)); do :; done",
    "{ a; } 2>&1 | b",
    "! a | b",
    "case x in (a|b) c;; esac",
    "echo $( ( a ) ) $((1+(2)))",
    "a\n\n# c\nb",
    "echo ${x:-${y:-z}} ${a[@]:1} ${!b}",
    "if a\nthen b\nelse c\nfi",
    "while read -r l; do :; done < <(a)",
    "a=(1 2) b[1]=x c+=y",
    ">x",
    "2>&1 a",
)
REFUSED = (
    "a; ; b",
    "if x; then",
    "foo ) bar",
    "fi",
    "do a",
    "{ a }",
    "( )",
    "a &&",
    "| a",
    "a | | b",
    "while :; do done",
    "a & ; b",
    "case a in",
    "a;;",
    "$(",
)


@pytest.mark.parametrize("script", [*ACCEPTED, *REFUSED])
def test_we_accept_what_bash_accepts(script: str) -> None:
    try:
        parse(script, bash=True)
        accepted = True
    except ShellSyntaxError:
        accepted = False
    assert accepted == (script in ACCEPTED)
    if shutil.which("bash"):
        done = subprocess.run(["bash", "-n", "-c", script], capture_output=True, check=False)
        assert accepted == (done.returncode == 0)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\0"), max_size=30))
def test_a_quoted_text_is_one_word_that_means_it(text: str) -> None:
    assert sh(f"printf %s {quote(text)}").stdout == text
    command = parse(f"x {quote(text)}").commands[0]
    assert isinstance(command, Simple)
    assert len(command.words) == 2


@given(st.text("ab '\"\\$`(){};&|<>#\n*?[]~=!", max_size=25), st.booleans())
def test_any_text_is_parsed_or_refused_with_a_place(text: str, bash: bool) -> None:
    error: ShellSyntaxError | None = None
    try:
        parse(text, bash=bash)
    except ShellSyntaxError as refusal:
        error = refusal
    assert error is None or (1 <= error.line <= text.count("\n") + 1 and str(error).endswith("^"))


@given(
    st.integers(-50, 50),
    st.integers(-50, 50),
    st.integers(1, 20),
    st.sampled_from(["+", "-", "*", "/", "%", "<", "==", "&&", "|", "^", "<<"]),
)
def test_arithmetic_is_that_of_c(a: int, b: int, c: int, op: str) -> None:
    def trunc(x: int, y: int) -> int:
        return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)

    shift = abs(b) % 8
    expected = {
        "+": a + b, "-": a - b, "*": a * b, "/": trunc(a, c), "%": a - trunc(a, c) * c, "<": int(a < b), "==": int(a == b),
        "&&": int(bool(a and b)), "|": a | b, "^": a ^ b, "<<": a << shift,
    }[op]  # fmt: skip
    right = c if op in "/%" else shift if op == "<<" else b
    assert sh(f"a={a}; echo $(( a {op} ({right}) ))").stdout == f"{expected}\n"
