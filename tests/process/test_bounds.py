"""What a real kernel would not allow, and what would hurt podsim itself: texts, streams, processes and environments beyond all bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.process import machine
from simulator.process.bounds import MOST_PROCESSES
from tests.conftest import Podsim
from tests.fake_container import sh

POD = """
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec:
  restartPolicy: Never
  containers:
  - name: c
    image: {image}
    {fields}
"""


def quoted(script: str) -> str:
    return script.replace("'", "'\\''")


@pytest.mark.parametrize(
    "script",
    [
        "printf '%1000000000d' 1",
        "printf '%.*f' 99999999999999999999999 1",
        "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done",
        "for i in {1..1000000000}; do :; done",
        "echo {1..100000}{1..100000}",
        "awk 'BEGIN { s = \"a\"; while (1) s = s s }'",
    ],
)
def test_a_process_that_needs_too_much_memory_is_killed(script: str) -> None:
    result = sh(f"bash -c '{quoted(script)}'; echo $?", bash=True)
    assert result.stdout == "137\n"
    assert any("podsim holds texts of at most 16777216" in what for _, what in result.world.notes)


@pytest.mark.parametrize("script", ["cat /dev/zero", "seq 1 1000000000"])
def test_a_process_that_writes_without_end_is_cut_off(script: str) -> None:
    result = sh(script)
    assert result.main.status == 152
    assert "a loop that takes no simulated time was stopped" in result.stderr


def test_what_a_container_writes_in_all_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.process.kernel.MOST_WRITTEN", 1000)
    monkeypatch.setattr("simulator.process.machine.MOST_WRITTEN", 1000)
    result = sh("while :; do printf '%100s' x; sleep 1; done")
    assert (result.main.status, result.at) == (152, 10)
    assert result.stderr.startswith("sh: stopped after its container had written")


def test_a_reader_that_has_enough_ends_its_writer() -> None:
    assert sh("seq 1 1000000000 | head -2").stdout == "1\n2\n"
    assert sh("seq -w 8 2 100000000000 | head -2").stdout == "000000000008\n000000000010\n"
    assert sh("seq 0.5 0.25 1").stdout == "0.50\n0.75\n1.00\n"


def test_a_text_with_too_many_matches_is_named() -> None:
    result = sh("x=aaaaaaaaaaaaaaaa; while :; do x=${x//a/aa}; done", bash=True)
    assert (result.main.status, result.stderr) == (2, "bash: more than 500000 replacements in one text is not simulated\n")


def test_endless_recursion_runs_out_of_processes() -> None:
    result = sh("f() { x=$(f); }; f; echo end")
    assert "can't fork: Resource temporarily unavailable" in result.stderr
    assert result.stdout == "end\n"
    assert result.stderr.count("\n") < MOST_PROCESSES


@pytest.mark.parametrize(
    ("script", "status", "stderr"),
    [
        ("date -d @99999999999999", 2, "date: the year of @99999999999999 is not simulated\n"),
        ("echo a | sort -t '' -k1", 2, "sort: empty tab\n"),
        ("echo a | sort -t ab -k1", 2, "sort: multi-character tab 'ab'\n"),
        ("echo a | tr '[:foo:]' x", 1, "tr: invalid character class 'foo'\n"),
        ("echo a | sed 's/a/\\1/'", 1, "sed: -e expression #1, char 7: invalid reference \\1 on `s' command's RHS\n"),
        ("echo a | awk '/*/'", 1, "awk: bad regex '*': Invalid preceding regular expression\n"),
        ("echo a | grep -E '(a'", 2, "grep: bad regex '(a': Unmatched ( or \\(\n"),
    ],
)
def test_slips_are_told_as_the_tools_tell_them(script: str, status: int, stderr: str) -> None:
    result = sh(script)
    assert (result.main.status, result.stderr) == (status, stderr)


def test_an_error_of_podsim_ends_only_the_process_that_it_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.userland.text.filters._characters", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sh("echo a | tr a b")
    monkeypatch.setattr(machine, "fence", True)
    result = sh("echo a | tr a b; echo $?")
    assert result.stdout == "70\n"
    assert result.stderr == "tr: podsim failed: ZeroDivisionError: division by zero\n"
    assert ("tr a b", "podsim failed with ZeroDivisionError: division by zero; this is a bug in podsim") in result.world.notes


def test_variables_that_double_keep_the_container_from_starting(podsim: Podsim, tmp_path: Path) -> None:
    variables = [f"{{name: A{i}, value: $(A{i - 1})$(A{i - 1})}}" for i in range(1, 60)]
    manifest = POD.format(image="nginx", fields=f"env: [{{name: A0, value: xxxxxxxxxx}}, {', '.join(variables)}]")
    file = tmp_path / "pod.yaml"
    file.write_text(manifest)
    podsim("run", str(file))
    assert "exec /nginx: argument list too long\n" in podsim("logs", "p").out
    assert "Exit Code:    255" in podsim("describe", "pod", "p").out
