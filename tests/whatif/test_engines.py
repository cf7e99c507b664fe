"""Who plays never matters: processes and Dask give what this process gives; what is lost or cut short costs time only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

import simulator
from simulator.errors import JournalError, UsageError
from simulator.journal.snapshot import Snapshot
from simulator.whatif.engines.dask import PIECES_PER_THREAD, on_dask
from simulator.whatif.engines.engine import LONGEST_CHUNK, serial
from simulator.whatif.engines.processes import processes
from simulator.whatif.engines.select import select_engine
from simulator.whatif.engines.worker import packed
from simulator.whatif.engines.worker import play as play_piece
from simulator.whatif.plan import Outcome, Plan, Task
from simulator.whatif.results_file import ResultsFile
from simulator.whatif.sweep import Options, make_plan, play
from tests.conftest import ROOT

LATE = str(ROOT / "scenarios" / "redis-late")
AXES = {"deployment/app-tier-dp.replicas": "1..3"}
DEADLINE = 60.0
"""Seconds of the real clock after which a test gives up on another process."""


def plan(runs: int = 4) -> Plan:
    return make_plan([LATE], AXES, ["time-to-ready"], runs)


def sorted_outcomes(pieces: Iterator[list[Outcome]]) -> list[Outcome]:
    return sorted(outcome for piece in pieces for outcome in piece)


def test_processes_give_what_this_process_gives() -> None:
    expected = sorted_outcomes(serial(plan(), plan().tasks()))
    assert sorted_outcomes(processes(2)(plan(), plan().tasks())) == expected
    assert list(play(plan(), Options("processes", 3)).outcomes) == expected


class Killing(NamedTuple):
    """A metric that kills the process that measures it, once."""

    mark: Path

    def __call__(self, snapshot: Snapshot) -> float:
        if snapshot.header.seed == 5 and not self.mark.exists():
            self.mark.write_text("killed")
            os.kill(os.getpid(), signal.SIGKILL)
        return float(snapshot.header.seed)


def test_a_killed_process_costs_time_only(tmp_path: Path) -> None:
    result = simulator.sweep(LATE, metrics=[Killing(tmp_path / "mark")], runs=12, engine="processes", workers=2)
    assert (tmp_path / "mark").exists()
    assert result.values("Killing") == [[float(seed) for seed in range(12)]]


def always_killing(snapshot: Snapshot) -> float:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0.0


def test_processes_that_end_again_and_again_are_given_up() -> None:
    with pytest.raises(simulator.errors.SimulatorError, match="keep dying"):  # type: ignore[attr-defined]
        simulator.sweep(LATE, metrics=[always_killing], runs=2, engine="processes", workers=2)


def test_few_runs_are_played_here() -> None:
    assert select_engine("", None, "", 3) is serial
    assert select_engine("", 1, "", 3000) is serial
    assert select_engine("serial", 4, "", 3000) is serial
    assert select_engine("", 2, "", 3) is not serial
    with pytest.raises(UsageError, match="no engine is called 'x'"):
        select_engine("x", None, "", 3)


def test_functions_of_the_moment_travel_by_value() -> None:
    pytest.importorskip("cloudpickle")
    result = simulator.sweep(LATE, metrics=[lambda snapshot: snapshot.header.seed * 2], runs=4, engine="processes", workers=2)
    assert result.values("<lambda>") == [[0, 2, 4, 6]]


# ---- Dask


def test_dask_gives_what_this_process_gives() -> None:
    pytest.importorskip("distributed")
    expected = sorted_outcomes(serial(plan(), plan().tasks()))
    assert list(play(plan(), Options("dask", 2)).outcomes) == expected


def test_a_lost_dask_worker_costs_time_only(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    settings = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": 60}
    with distributed.LocalCluster(**settings) as cluster:
        result = simulator.sweep(LATE, metrics=[Killing(tmp_path / "mark")], runs=12, engine="dask", scheduler=cluster.scheduler_address)
    assert (tmp_path / "mark").exists()
    assert result.values("Killing") == [[float(seed) for seed in range(12)]]


class Stub(NamedTuple):
    """A plan whose runs take no time, and which counts how often it is packed."""

    packings: list[int]

    def __reduce__(self) -> tuple[type, tuple[list[int]]]:
        self.packings.append(1)
        return Stub, ([],)

    def player(self) -> Stub:
        return self

    def play(self, task: Task) -> Outcome:
        return Outcome(task, (float(task.seed or 0),))


def test_dask_gets_the_inputs_once_and_holds_few_pieces() -> None:
    distributed = pytest.importorskip("distributed")
    stub, tasks, seen = Stub([]), [Task((), seed) for seed in range(3000)], []
    settings = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "processes": False,
        "protocol": "tcp",
        "host": "127.0.0.1",
        "dashboard_address": "127.0.0.1:0",
    }
    with distributed.LocalCluster(**settings) as cluster:
        known = []
        for outcomes in on_dask(2, cluster.scheduler_address)(stub, tasks):
            known += outcomes
            seen.append(len(cluster.scheduler.tasks))
    assert sorted(outcome.task for outcome in known) == tasks
    assert stub.packings == [1]
    assert len(seen) == 3000 / LONGEST_CHUNK
    # One task is the plan; a piece that has just ended is forgotten a moment later.
    assert max(seen) <= 1 + 2 * PIECES_PER_THREAD + 4


def test_threads_of_a_worker_do_not_share_a_player() -> None:
    """Each remembers the inputs of its last arm."""
    payload, tasks = packed(plan(1)), plan(1).tasks()
    with ThreadPoolExecutor(4) as threads:
        found = [outcome for piece in threads.map(lambda task: play_piece(payload, [task]), tasks * 4) for outcome in piece]
    assert sorted(found) == sorted_outcomes(serial(plan(1), tasks * 4))


def test_no_scheduler_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("simulator.whatif.engines.dask.CONNECT_TIMEOUT", "1s")
    with pytest.raises(UsageError, match=r"tcp://127\.0\.0\.1:1"):
        play(plan(), Options("dask", 1, "tcp://127.0.0.1:1"))


# ---- what is kept


def test_what_is_kept_is_not_played_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "runs.jsonl"
    expected = play(plan(), Options("serial", resume=file))
    assert len(file.read_text().splitlines()) == 1 + 12
    monkeypatch.setattr("simulator.whatif.plan.Player.play", lambda *_: pytest.fail("played again"))
    assert play(plan(), Options("serial", resume=file)).outcomes == expected.outcomes


def test_the_grid_may_grow(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    play(plan(2), Options("serial", resume=file))
    assert play(plan(4), Options("serial", resume=file)).outcomes == play(plan(4), Options("serial")).outcomes
    assert len(file.read_text().splitlines()) == 1 + 12


def test_refusals_are_kept_too(tmp_path: Path) -> None:
    refused = make_plan([LATE], {"deployment/app-tier-dp.replicas": "-1,1"})
    first = play(refused, Options("serial", resume=tmp_path / "runs.jsonl"))
    assert play(refused, Options("serial", resume=tmp_path / "runs.jsonl")).outcomes == first.outcomes
    assert first.outcomes[0].refused


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_that_was_cut_off_is_played_again(tmp_path: Path, cut: int) -> None:
    file = tmp_path / "runs.jsonl"
    expected = play(plan(1), Options("serial", resume=file))
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    assert play(plan(1), Options("serial", resume=file)).outcomes == expected.outcomes
    assert sorted(file.read_bytes().splitlines()) == sorted(whole.splitlines())


def test_results_of_something_else_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    play(plan(1), Options("serial", resume=file))
    with pytest.raises(UsageError, match="other metrics"):
        play(make_plan([LATE], AXES, ["restarts"]), Options("serial", resume=file))
    with pytest.raises(UsageError, match="other manifests"):
        play(make_plan([str(ROOT / "scenarios" / "redis-never")], {}, ["time-to-ready"]), Options("serial", resume=file))
    file.write_text("nonsense\n")
    with pytest.raises(JournalError, match="not a line of a sweep's results"):
        ResultsFile(file, plan(1))
    with pytest.raises(UsageError, match="No such file or directory"):
        ResultsFile(tmp_path / "nowhere" / "runs.jsonl", plan(1))


def hears_ctrl_c() -> None:
    """Who runs these tests in the background ignores SIGINT, and every child of theirs would, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_sweep_goes_on_where_it_was(tmp_path: Path) -> None:
    """A real process, a real Ctrl-C."""
    file = tmp_path / "runs.jsonl"
    command = [sys.executable, "-m", "simulator", "sweep", LATE, "--runs", "400", "-m", "time-to-ready", "-o", "csv", "--resume", str(file)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=hears_ctrl_c, **pipes)
    begun = time.monotonic()
    while not (file.exists() and file.read_bytes().count(b"\n") > 5):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() - begun < DEADLINE
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    kept = [json.loads(line) for line in file.read_text().splitlines()[1:]]
    assert 5 <= len(kept) < 400
    assert len(out.splitlines()) - 1 == len(kept), "what there is is shown"
    assert f"interrupted: {len(kept)} of 400 runs are in {file}; continue with --resume" in err
    assert "Traceback" not in err
    whole = make_plan([LATE], {}, ["time-to-ready"], 400)._replace(seeds=tuple(range(len(kept) + 3)))
    assert play(whole, Options("serial", resume=file)).outcomes == play(whole, Options("serial")).outcomes


def test_what_nobody_thought_of_keeping_is_kept_when_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def cut_short(plan: Plan, tasks: Sequence[Task]) -> Iterator[list[Outcome]]:
        for number, piece in enumerate(serial(plan, tasks)):
            if number == 5:
                raise KeyboardInterrupt
            yield piece

    monkeypatch.setattr("simulator.whatif.sweep.select_engine", lambda *_: cut_short)
    result = play(plan())
    assert result.partial
    assert len(result.outcomes) == 5
    assert result.kept is not None
    monkeypatch.undo()
    assert play(plan(), Options("serial", resume=tmp_path / result.kept)).outcomes == play(plan(), Options("serial")).outcomes
