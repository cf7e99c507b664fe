"""Random scripts from a small grammar mean the same to our shell and to the machine's."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.depth import tries

from .test_cases import Case, ours

NAMES = st.sampled_from(["a", "b", "c"])
LITERALS = st.sampled_from(["x", "y z", "", "*", "1", "2", "7", "a:b", "foo.tar.gz", "0"])
"""Not `-n`: dash's echo takes one of them, busybox' and bash's any number, and so does ours."""
OPERATORS = st.sampled_from(["-", ":-", "+", ":+", "%", "%%", "#", "##"])
PATTERNS = st.sampled_from(["*", "x", "?", "*.*", "[0-9]", "z"])


def quoted(text: str) -> str:
    return "'" + text + "'"


WORDS = st.deferred(
    lambda: st.one_of(
        LITERALS.map(quoted),
        NAMES.map(lambda name: f'"${name}"'),
        NAMES.map(lambda name: f"${name}"),
        st.builds(lambda name, op, text: f'"${{{name}{op}{text}}}"', NAMES, OPERATORS, PATTERNS),
        NAMES.map(lambda name: f"${{#{name}}}"),
        st.builds(lambda left, op, right: f"$(({left} {op} {right}))", NUMBERS, st.sampled_from(["+", "-", "*", "<", "==", "&&"]), NUMBERS),
        COMMANDS.map(lambda command: f'"$( {command})"'),
        st.just("$?"),
        st.just("$#"),
        st.just('"$@"'),
    )
)
NUMBERS = st.integers(0, 9).map(str)
SIMPLE = st.one_of(
    st.builds(lambda option, words: f"echo {option}" + " ".join(words), st.sampled_from(["", "", "-n "]), st.lists(WORDS, max_size=3)),
    st.builds(lambda words: "printf '%s|' " + " ".join(words), st.lists(WORDS, max_size=3)),
    st.builds(lambda name, word: f"{name}={word}", NAMES, WORDS),
    st.builds(
        lambda left, op, right: f"[ {left} {op} {right} ]",
        LITERALS.map(quoted),
        st.sampled_from(["=", "!="]),
        WORDS.map(lambda w: f'"{w}"' if w[0] not in "\"'" else w),
    ),
    st.sampled_from(["true", "false", "(exit 3)", "unset a", "[ $# -gt 0 ] && shift", "set -- p q", "return 2", "read a"]),
    st.sampled_from(["f x", "f", "break", "continue"]),
    st.builds(lambda name: f'echo "${name}" | tr a-z A-Z', NAMES),
    st.builds(lambda name: f'printf "%s\\n" "${name}" | sed s/x/Q/ | wc -l | tr -d " "', NAMES),
)
COMMANDS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds(lambda a, b: f"{a}; {b}", inner, inner),
        st.builds(lambda a, op, b: f"{a} {op} {b}", inner, st.sampled_from(["&&", "||"]), inner),
        st.builds(lambda a, b, c: f"if {a}; then {b}; else {c}; fi", inner, inner, inner),
        st.builds(lambda words, body: f"for c in {' '.join(words)}; do {body}; done", st.lists(WORDS, max_size=3), inner),
        st.builds(lambda word, pattern, a, b: f"case {word} in {pattern}) {a};; *) {b};; esac", WORDS, PATTERNS, inner, inner),
        inner.map(lambda a: f"( {a} )"),
        inner.map(lambda a: "{ " + a + "; }"),
        inner.map(lambda a: f"! {{ {a}; }}"),
        inner.map(lambda a: f"{{ {a}; }} | cat"),
        inner.map(lambda a: f"{{ {a}; }} > /dev/null"),
        SIMPLE.map(lambda a: f"{a} > {(file := f'out{crc32(a.encode())}')}; cat {file}"),
    ),
    max_leaves=6,
)
SCRIPTS = st.builds(
    lambda flags, body, tail: f"{flags}f() {{ {body}; }}; a=x b='y z'\n{tail}\necho \"$? [$a] [$b] [$c] $#\"",
    st.sampled_from(["", "", "set -e; ", "set -u; "]),
    COMMANDS.filter(lambda body: not re.search(r"\bf\b", body)),  # no function calls itself
    st.lists(COMMANDS, min_size=1, max_size=4).map("\n".join),
)


def real(script: str, folder: Path) -> tuple[int, str] | None:
    """What dash makes of it; None when it takes too long."""
    try:
        done = subprocess.run(
            ["dash", "-c", script], cwd=folder, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=5, check=False, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    return done.returncode, done.stdout


@pytest.mark.skipif(shutil.which("dash") is None, reason="there is no dash to compare with")
@settings(max_examples=tries(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(script=SCRIPTS)
def test_random_scripts_mean_the_same_to_dash(script: str, tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    expected = real(script, folder)
    if expected is not None and "recurs" not in expected[1]:
        assert ours(Case("sh", script, 0, "", "")) == expected
