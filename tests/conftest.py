"""For all tests: the option `--update-golden`, a fixture that calls the command line in this process, and no last run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from hypothesis import settings

# Every run of the tests uses the same examples, so that a failure is due to a change (`--hypothesis-profile=default` tries new ones).
# No deadline: the first example of a test pays for imports and for cached runs.
settings.register_profile("podsim", deadline=None, derandomize=True)
settings.load_profile("podsim")

ROOT = Path(__file__).resolve().parent.parent


class Result(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


Podsim = Callable[..., Result]


def cli_runner(**options: Any) -> CliRunner:
    """click's runner, with standard error apart: an option before click 8.2."""
    apart = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}
    return CliRunner(**apart, **options)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what comes out as what is expected, to be reviewed as a diff")


@pytest.fixture(autouse=True)
def _no_last_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts without a last run and without progress in lessons, and leaves none in the user's home."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PODSIM_LAST_RUN", str(tmp_path / "last-run.journal"))
    for name in ("FORCE_COLOR", "NO_COLOR", "PODSIM_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _without_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in the code of a simulated tool fails the test."""
    monkeypatch.setattr("simulator.process.machine.fence", False)


@pytest.fixture(autouse=True, scope="session")
def _observer() -> Iterator[None]:
    """Every whole run of a test holds podsim's invariants; those that a test plants faults into are journals, not runs."""
    from simulator.cluster import Cluster
    from simulator.invariants import broken
    from simulator.journal import Journal

    run = Cluster.run

    def observed(cluster: Cluster) -> Journal:
        journal = run(cluster)
        for invariant, violations in broken(journal.at()):
            scenario = journal.header
            raise AssertionError(f"{invariant.name}: {invariant.rule}\n" + "\n".join(map(str, [*violations[:5], scenario])))
        return journal

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cluster, "run", observed)
        yield


@pytest.fixture
def podsim(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Podsim:
    """Call `podsim ARGS` in this process; it reports no progress, which depends on how fast the machine is."""
    from simulator.cli import main, progress

    monkeypatch.setattr(progress, "FIRST", float("inf"))

    def call(*args: str) -> Result:
        capsys.readouterr()
        code = main(args)
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return call
