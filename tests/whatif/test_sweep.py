"""Laws of sweeps: an arm is what a run of the changed files would be; who plays it, and in which order, never matters."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import simulator
from simulator.cluster import Cluster
from simulator.errors import UsageError
from simulator.journal.lines import dump, export
from simulator.journal.snapshot import Snapshot
from simulator.metrics import measure
from simulator.scenario.inputs import Choices, gather
from simulator.whatif.engines.engine import chunks, serial
from simulator.whatif.plan import Player, Task
from simulator.whatif.statistics import distribution, mean_difference, share
from simulator.whatif.sweep import Options, make_plan, play, replay
from tests.conftest import ROOT, Podsim
from tests.depth import tries
from tests.metrics.worlds import deployment, program, service, write
from tests.whatif.conftest import LATE, PROBE

LATE_REDIS = str(ROOT / "scenarios" / "redis-late")
PERIOD = "deployment/app-tier-dp:server.readinessProbe.periodSeconds"


def test_a_manifest_value_is_as_if_it_were_written(tmp_path: Path) -> None:
    for period in (1, 7):
        probed = deployment("web", replicas=2, readinessProbe={"tcpSocket": {"port": 80}, "periodSeconds": period})
        (tmp_path / str(period)).mkdir()
        write(tmp_path / str(period), probed, service("web"), programs=[LATE])
    address = "deployment/web:main.readinessProbe.periodSeconds"
    swept = simulator.sweep(tmp_path / "1", {address: [1, 7]}, metrics=["time-to-ready", "probes"])
    for arm, period in zip(swept.arms, (1, 7), strict=True):
        end = simulator.run(tmp_path / str(period)).at().snapshot
        assert arm.outcomes[0].values == (measure(end, "time-to-ready"), measure(end, "probes"))
    journals = [swept.journal(arm=1), simulator.run(tmp_path / "7").journal]
    assert list(dump(journals[0])) == list(dump(journals[1]))


def test_a_scenario_value_is_as_if_it_were_written(tmp_path: Path) -> None:
    for at in ("1s", "7s"):
        (tmp_path / at).mkdir()
        write(tmp_path / at, deployment("web", **PROBE), programs=[program(listen=[{"port": 80, "from": at}])])
    swept = simulator.sweep(tmp_path / "1s", {"program/main.listen.from": "7s"})
    assert list(dump(swept.journal())) == list(dump(simulator.run(tmp_path / "7s").journal))


@pytest.mark.parametrize(
    ("address", "value", "choices"),
    [
        ("kubernetes", "1.30", Choices(kubernetes="1.30")),
        ("seed", "5", Choices(seed=5)),
        ("nodes", "3", Choices(nodes=3)),
        ("duration", "90s", Choices(duration=90 * 10**9)),
    ],
)
def test_options_are_as_if_they_were_given(address: str, value: str, choices: Choices) -> None:
    plan = make_plan([LATE_REDIS], {address: value})
    expected = Cluster(gather([LATE_REDIS], choices)).run()
    assert list(dump(replay(plan, plan.tasks()[0]))) == list(dump(expected))


@settings(max_examples=tries(15), deadline=None)
@given(st.integers(0, 10_000))
def test_law_a_sweep_of_one_value_is_a_run(seed: int) -> None:
    swept = simulator.sweep(LATE_REDIS, {"seed": seed}, metrics=["time-to-ready"])
    assert swept.values("time-to-ready") == [[measure(simulator.run(LATE_REDIS, seed=seed).at().snapshot, "time-to-ready")]]


@settings(max_examples=tries(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.randoms(use_true_random=False))
def test_law_the_order_of_tasks_never_matters(order: random.Random) -> None:
    plan = make_plan([LATE_REDIS], {PERIOD: "1,5", "deployment/app-tier-dp.replicas": "1,2"}, runs=2)
    shuffled = plan.tasks()
    order.shuffle(shuffled)
    player = Player(plan)
    outcomes = {task: player.play(task) for task in shuffled}
    assert tuple(outcomes[task] for task in plan.tasks()) == play(plan, Options("serial")).outcomes


def test_playing_changes_nothing_in_the_inputs() -> None:
    plan = make_plan([LATE_REDIS], {PERIOD: "1,5"}, runs=3)
    assert play(plan, Options("serial")).outcomes == play(plan, Options("serial")).outcomes


def test_every_task_is_in_one_chunk() -> None:
    tasks = [Task((i,), None) for i in range(997)]
    for workers in (1, 2, 7, 64):
        assert [task for chunk in chunks(tasks, workers) for task in chunk] == tasks
    assert chunks([], 2) == []


def test_refused_values_are_rows_that_say_why(podsim: Podsim) -> None:
    result = podsim("sweep", LATE_REDIS, "--set", f"{PERIOD}=-1,5,five", "-m", "restarts")
    assert result.code == 0, result.err
    assert [line.split()[1] for line in result.out.splitlines() if line[:2] in ("-1", "5 ", "fi")] == ["refused", "0", "refused"]
    assert "must be greater than or equal to 0" in result.out
    assert "cannot unmarshal string" in result.out
    rows = json.loads(podsim("sweep", LATE_REDIS, "--set", f"{PERIOD}=-1,5", "-o", "json").out)["arms"]
    assert "app-tier.yaml:" in rows[0]["refused"], "file and line are reported"
    assert set(rows[1]["values"]) == {"time-to-ready", "restarts"}


def test_when_every_value_is_refused_nothing_was_run(podsim: Podsim) -> None:
    result = podsim("sweep", LATE_REDIS, "--set", f"{PERIOD}=-1")
    assert result.code == 2
    assert "every value was refused" in result.err


def test_the_last_axis_goes_fastest_and_csv_has_every_run(podsim: Podsim) -> None:
    axes = ["--set", f"{PERIOD}=1,5", "--set", "deployment/app-tier-dp.replicas=1,2"]
    rows = list(csv.DictReader(io.StringIO(podsim("sweep", LATE_REDIS, *axes, "--runs", "2", "-o", "csv").out)))
    assert [(row[PERIOD], row["deployment/app-tier-dp.replicas"], row["seed"]) for row in rows] == [
        (period, replicas, seed) for period in "15" for replicas in "12" for seed in "01"
    ]
    assert all(float(row["time-to-ready"]) > 50 for row in rows)


def test_null_takes_a_field_away(tmp_path: Path) -> None:
    file = write(tmp_path, deployment("web", **PROBE), programs=[LATE])
    swept = simulator.sweep(file, {"deployment/web:main.readinessProbe": "null"}, metrics=["time-to-ready", "probes"])
    ready, probes = swept.arms[0].outcomes[0].values
    assert probes == 0
    assert ready is not None
    assert ready < 2


def ready_pods(snapshot: Snapshot) -> float | None:
    """A metric of one's own."""
    return sum(any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions) for pod in snapshot.objects("Pod"))  # type: ignore[union-attr]


def test_metrics_of_one_s_own() -> None:
    swept = simulator.sweep(LATE_REDIS, {"deployment/app-tier-dp.replicas": [1, 4]}, metrics=["restarts", ready_pods])
    assert swept.values("ready_pods") == [[2], [5]]
    assert swept.metrics == ["restarts", "ready_pods"]


def test_who_is_measured() -> None:
    swept = simulator.sweep(LATE_REDIS, metrics=["time-to-ready@deployment/data-tier", "time-to-ready"])
    data, worst = swept.arms[0].outcomes[0].values
    assert data is not None
    assert worst is not None
    assert data < worst


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--set", "x"], "use ADDRESS=VALUES"),
        (["--set", "seed=1,2", "--runs", "3"], "use either --set seed="),
        (["--set", "seed=x"], "seed=x"),
        (["--set", "nodes=0"], "1 or more"),
        (["--set", "seed=1", "--set", "seed=2"], "given twice"),
        (["-m", "restarts", "-m", "restarts"], "measured twice"),
        (["-m", "restarts@deploy/nope"], "not in this run"),
        (["-m", "nope"], "unknown metric"),
        (["--plot", "x.png"], "only one run"),
        (["--runs", "2", "--plot", "x.bmp"], "must end in .png, .svg, .pdf"),
        (["--set", "seed=1", "--set", "nodes=1", "--set", "duration=9s", "--plot", "x.png"], "one or two fields, not 3"),
        (["--scheduler", "tcp://127.0.0.1:1", "--engine", "serial"], "needs --engine dask"),
    ],
)
def test_what_is_wrong_ends_with_2(podsim: Podsim, args: list[str], message: str) -> None:
    result = podsim("sweep", LATE_REDIS, *args)
    assert result.code == 2
    assert message in result.err


# ---- distributions


def test_the_worst_seed_replays_with_the_command_that_is_printed(podsim: Podsim, app: str) -> None:
    swept = simulator.sweep(app, runs=20, metrics=["time-to-ready"])
    text = podsim("sweep", app, "--runs", "20", "-m", "time-to-ready").out
    command = next(line for line in text.splitlines() if "podsim run" in line).split("podsim ")[1].split()
    end = podsim(*command, "-o", "journal")
    assert end.code == 0
    worst = max(swept.arms[0].outcomes, key=lambda outcome: outcome.values[0] or 0)
    assert command[-1] == str(worst.task.seed)
    (Path(app).parent / "worst.journal").write_text(end.out, encoding="utf-8")
    replayed = simulator.load(Path(app).parent / "worst.journal")
    assert measure(replayed.at().snapshot, "time-to-ready") == worst.values[0]


def test_the_worst_seed_of_an_arm_replays_with_set(podsim: Podsim, app: str) -> None:
    address = "deployment/web:main.readinessProbe.periodSeconds"
    swept = simulator.sweep(app, {address: [3]}, runs=5)
    end = podsim("run", app, "--set", f"{address}=3", "--seed", "4", "-o", "journal").out
    assert end == "".join(export(swept.journal(seed=4)))


def test_arms_share_their_luck(app: str) -> None:
    """A comparison of the same seeds is much sharper than one of different seeds, although the pods' template is another."""
    address = "deployment/web:main.readinessProbe.initialDelaySeconds"
    swept = simulator.sweep(app, {address: [0, 1]}, runs=60, metrics=["time-to-started", "time-to-ready"])
    started, _ = swept.values("time-to-started")
    assert swept.values("time-to-started")[1] == started, "what does not depend on the value is the same, run by run"
    first, second = ([value or 0.0 for value in values] for values in swept.values("time-to-ready"))
    paired = mean_difference(first, second)
    unpaired = mean_difference(first, [*second[1:], second[0]])
    assert (paired.high - paired.low) < 0.6 * (unpaired.high - unpaired.low)
    assert len(set(first)) > 30, "values are random at all"


def test_percentiles_are_values_that_occurred_and_never_is_longest() -> None:
    spread = distribution([3.0, None, 1.0, 2.0])
    assert spread[:2] == (4, 1)
    assert (spread.p5, spread.p50, spread.p95, spread.most) == (1.0, 2.0, None, None)


@given(st.lists(st.integers(0, 100), min_size=1))
def test_law_percentiles(values: list[int]) -> None:
    spread = distribution(values)
    assert spread.p5 is not None
    assert spread.p50 is not None
    assert spread.p95 is not None
    assert {spread.p5, spread.p50, spread.p95, spread.most} <= set(values)
    assert spread.p5 <= spread.p50 <= spread.p95 <= max(values) == spread.most
    assert sum(value <= spread.p50 for value in values) * 2 >= len(values)


@given(st.integers(1, 2000), st.data())
def test_law_intervals_of_shares(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    interval = share(hits, count)
    assert 0 <= interval.low <= interval.share <= interval.high <= 1
    assert interval.high - interval.low > 0


def test_an_interval_known_from_a_table() -> None:
    interval = share(10, 100)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.0552, 0.1744)


def test_shares_of_restarts(podsim: Podsim, tmp_path: Path) -> None:
    live = {"livenessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1, "failureThreshold": 5}}
    file = str(write(tmp_path, deployment("web", **live), programs=[LATE], duration="30s"))
    text = podsim("sweep", file, "--runs", "40").out
    restarted = [value for (value,) in zip(simulator.sweep(file, runs=40, metrics=["restarts"]).values("restarts")[0], strict=True)]
    hits = sum(1 for value in restarted if value)
    assert 0 < hits < 40
    assert f"a restart in {100 * hits / 40:.1f} % (" in text


# ---- results


def test_it_shows_itself(app: str, tmp_path: Path) -> None:
    swept = simulator.sweep(app, {"replicas": [1, 2]})
    assert repr(swept).startswith("replicas  time-to-ready  restarts\n1 ")
    assert "<pre" in swept._repr_html_()
    assert len(swept) == 2
    assert swept.to_csv(tmp_path / "x.csv") == (tmp_path / "x.csv").read_text()
    assert json.loads(json.dumps(swept.to_json()))["arms"][1]["set"] == {"replicas": "2"}


PICTURES: list[tuple[dict[str, Any], int]] = [
    ({"program/main.listen.from": "1s..90s#3"}, 1),
    ({"replicas": "1,2"}, 4),
    ({"replicas": "1,2", "kubernetes": "1.30,1.36"}, 2),
    ({}, 12),
]


@pytest.mark.parametrize(("axes", "runs"), PICTURES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures(app: str, tmp_path: Path, axes: dict[str, Any], runs: int, theme: str) -> None:
    swept = simulator.sweep(app, axes, runs=runs, metrics=["time-to-ready", "probes"])
    files = [tmp_path / name for name in ("a.svg", "b.svg")]
    for file in files:
        swept.plot(file, theme)
    one, two = (file.read_text() for file in files)
    assert one == two, "the same result gives the same bytes"
    assert "time-to-ready" in one
    assert ("#12161c" in one) is (theme == "dark")
    if "program/main.listen.from" in axes:
        assert ">never<" in one
    swept.plot(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


def test_serial_is_the_measure(app: str) -> None:
    plan = make_plan([app], {"replicas": "1..3"})
    assert [outcome for piece in serial(plan, plan.tasks()) for outcome in piece] == list(play(plan).outcomes)


def test_no_metric_no_seed_below_one(app: str) -> None:
    with pytest.raises(UsageError, match="must be at least one run"):
        simulator.sweep(app, runs=0)


def test_never_is_said_to_mean_within_the_run_where_nobody_chose_its_length(tmp_path: Path, podsim: Podsim) -> None:
    manifest = tmp_path / "web.yaml"
    manifest.write_text(json.dumps(deployment("web", **PROBE)), encoding="utf-8")
    sweep = ("sweep", str(manifest), "--set", "deployment/web:main.readinessProbe.initialDelaySeconds=1,150", "-m", "time-to-ready")
    assert podsim(*sweep).out.endswith("never\n\nnever: not within the 2m that a run lasts; --duration extends it\n")
    assert "plays longer" not in podsim(*sweep, "--duration", "1m").out
    assert "plays longer" not in podsim(*sweep[:3], "deployment/web:main.readinessProbe.initialDelaySeconds=1,2", *sweep[4:]).out
