"""One table of scripts, run by our shell and by the machine's real ones."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fake_container import Container, World


@dataclass(frozen=True)
class Case:
    """A script for one shell, its output and exit status; `differs` says why the machine's shell does not agree."""

    shell: str
    script: str
    status: int
    output: str
    differs: str


def _load() -> list[Case]:
    text = (Path(__file__).parent / "cases.txt").read_text(encoding="utf-8")
    cases = []
    for block in re.split(r"(?m)^%% ", text)[1:]:
        head, _, rest = block.partition("\n")
        source, _, result = rest.partition("\n%= ")
        script, _, differs = source.partition("\n%! ")
        status, _, output = result.partition("\n")
        cases += [Case(shell, script, int(status), output.removesuffix("\n"), differs) for shell in head.split()]
    return cases


CASES = _load()
PARAMETERS = [pytest.param(case, id=f"{number}-{case.shell}") for number, case in enumerate(CASES)]


def ours(case: Case) -> tuple[int | None, str]:
    container = Container("sleep", "infinity", world=World(unknown=None))
    job = container.start(case.shell, "-c", case.script)
    while job.status is None and (due := container.machine.run(container.now)) is not None:
        container.now = due
    return job.status, container.stdout


@pytest.mark.parametrize("case", PARAMETERS)
def test_our_shell(case: Case) -> None:
    assert ours(case) == (case.status, case.output)


def _default_signals() -> None:
    """A shell cannot trap what it inherits as ignored, and a shell that runs these tests in the background ignores SIGINT and SIGQUIT."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("case", PARAMETERS)
def test_the_real_shell_agrees(case: Case, tmp_path: Path) -> None:
    if shutil.which(case.shell) is None or Path(shutil.which("sh") or "/").resolve().name != "dash":
        pytest.skip("this machine has other shells")
    env = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LC_ALL": "C"}
    done = subprocess.run(
        [case.shell, "-c", case.script],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=20,
        check=False,
        preexec_fn=_default_signals,
    )
    agrees = (done.returncode, done.stdout) == (case.status, case.output)
    assert agrees != bool(case.differs), (done.returncode, done.stdout, done.stderr)


def test_the_table_is_the_table() -> None:
    assert len(CASES) > 300
    assert [c.differs for c in CASES if c.differs and c.shell == "bash"] == []
