"""A cluster for tests and notebooks that runs step by step, with inspections and actions in between.

cluster = SimulatedCluster()
cluster.apply("app.yaml")
cluster.run_until("30s")
assert cluster.pod("app-*").ready
cluster.scale("deployment/app", 5)
cluster.wait("deployment/app", "ready", timeout="1m")
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Unpack

from simulator.cluster import Cluster
from simulator.engine import Order
from simulator.errors import SimulatorError, UsageError
from simulator.expectations.evaluate import check_names as check_expectations
from simulator.expectations.evaluate import evaluate
from simulator.expectations.object_spans import FINDERS
from simulator.expectations.verdict import Verdict, instant
from simulator.journal.journal import Journal
from simulator.manifest.load import Loaded
from simulator.manifest.places import Places
from simulator.metrics import Story
from simulator.metrics.selection import selection
from simulator.public.inspection import Inspection
from simulator.public.options import ClockOptions, check_names, choices
from simulator.public.point_in_time import Moment
from simulator.public.text import Text
from simulator.public.times import When, nanoseconds
from simulator.public.verbs import Verbs
from simulator.scenario.header import API_VERSION, SCENARIO
from simulator.scenario.inputs import Inputs, gather, under
from simulator.scenario.read import scenario_of
from simulator.scenario.read_actions import read_actions
from simulator.scenario.read_expect import WORDS, read_expectations
from simulator.scenario.reader import Reader
from simulator.scenario.spec import Scenario
from simulator.units import DAY, SECOND, short_duration

FOREVER = 365 * DAY
"""The horizon of a run that has no end: clients send requests until then."""


class RefusedError(SimulatorError):
    """kubectl refuses what was asked: its error message."""


class SimulatedCluster(Inspection, Verbs):
    """A cluster whose clock advances only on request. Inspections show the present time.

    Args:
        paths: Manifests, directories or a Scenario, applied at t=0.
        scenario: The content of a Scenario's `spec`, for timings and programs without a file.
        folder: What file names are relative to.
        **options: `namespace`, `seed`, `kubernetes`, `nodes`, `start_time`, `exact`, `recursive`, `fail_fast`: see `ClockOptions`.

    Raises:
        ManifestError, ScenarioError, UsageError: With every problem in the input.
    """

    def __init__(
        self,
        *paths: str | Path,
        scenario: Mapping[str, Any] | None = None,
        folder: str | Path = ".",
        **options: Unpack[ClockOptions],
    ) -> None:
        check_names(options, ClockOptions.__optional_keys__)
        self._folder = Path(folder)
        self._choices = choices(options)
        self._spec = None if scenario is None else _scenario(scenario)
        self._paths = [self._relative_to(".", path) for path in paths]
        self._inputs = self._read_inputs()
        self._cluster: Cluster | None = None
        self._action_count = 0

    @property
    def refused(self) -> tuple[str, ...]:
        """What is wrong with objects that were left out at t=0, with their places; empty unless `fail_fast=False`."""
        return tuple(str(problem) for problem in self._inputs.problems)

    # ---- time

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return self._running.engine.now / SECOND

    def run_until(self, when: When) -> Moment:
        """Run until a time, including everything that happens at it. Raises UsageError when it is past."""
        t = nanoseconds(when)
        if t is None or t < self._running.engine.now:
            raise UsageError(f"{when} is in the past: the time is {short_duration(self._running.engine.now)}")
        self._running.play(t)
        return self.moment

    def run_for(self, duration: When) -> Moment:
        """Run for a duration."""
        span = nanoseconds(duration)
        if span is None or span < 0:
            raise UsageError(f"time cannot go back: {duration}")
        self._running.play(self._running.engine.now + span)
        return self.moment

    def wait(self, subject: str, word: str = "ready", timeout: When = "2m") -> Moment:
        """Run until a condition holds for everything a subject selects: `wait("deployment/web", "rolledOut")`; words as in expectations.

        Raises AssertionError with the reason when it does not hold within `timeout`, and UsageError for an unknown word.
        """
        if word not in WORDS:
            raise UsageError(f"unknown condition {word!r}; available: {', '.join(WORDS)}")
        cluster = self._running
        deadline = cluster.engine.now + (nanoseconds(timeout) or 0)
        while not self._holds(subject, word):
            if cluster.engine.now >= deadline:
                self.expect(**{word if word != "rolledOut" else "rollout": subject})
                raise AssertionError(f"{subject} is not {word} after {timeout}")
            self._run_to_next_record(deadline)
        return self.moment

    def _holds(self, subject: str, word: str) -> bool:
        """Whether a condition holds now for everything the subject selects, and the subject selects something."""
        now = self._running.engine.now
        subjects = [one for one in FINDERS[word](Story(self.journal.at()), selection(subject)) if one.exists_at(now)]
        return bool(subjects) and all(one.holds_at(now) for one in subjects)

    def _run_to_next_record(self, deadline: int) -> None:
        """Run until something is recorded, or until `deadline` (ns): nothing else can change what holds."""
        cluster, records = self._running, len(self._running.journal)
        while len(cluster.journal) == records and cluster.engine.now < deadline:
            following = cluster.engine.next
            cluster.play(deadline if following is None else min(following, deadline))

    # ---- inspections

    @property
    def journal(self) -> Journal:
        """Everything that was recorded so far, including what happens at the present time."""
        self._settle()
        return self._running.journal

    def at(self, when: When) -> Moment:
        """The cluster at an earlier time. Raises UsageError for a later one."""
        t = nanoseconds(when)
        if t is not None and t > self._running.engine.now:
            raise UsageError(f"{when} is in the future: the time is {short_duration(self._running.engine.now)}")
        return Moment(self.journal.at(t))

    # ---- expectations

    def expect(self, **expectation: Any) -> Verdict:
        """Check the run so far against an expectation of a Scenario: `expect(never="pod/*", state="CrashLoopBackOff")`.

        `from` is written `from_`. Raises AssertionError with an explanation, and UsageError for an expectation that makes no sense.
        """
        value = {name.removesuffix("_"): option for name, option in expectation.items()}
        reader = Reader("", Places(None, 0))
        expectations = read_expectations(reader, [value], "expect", self._running.engine.now)
        if reader.problems:
            raise _usage_error(reader, "expect[0]")
        check_expectations(expectations)
        [verdict] = evaluate(self.journal.at(), expectations)
        if not verdict.holds:
            explanation = "\n".join(verdict._replace(shows=()).lines())
            raise AssertionError(f"{verdict.text}\n{explanation}")
        return verdict

    # ---- actions

    def apply(self, *paths: str | Path | Mapping[str, Any]) -> Text:
        """`kubectl apply` of files, directories, or objects as mappings.

        Files that are applied before the clock advances belong to the initial state.
        """
        files = [str(path) for path in paths if not isinstance(path, Mapping)]
        objects = [dict(path) for path in paths if isinstance(path, Mapping)]
        if self._cluster is None and not objects:
            self._apply_at_start(files)
            return Text("")
        outputs = [self._act("apply", self._relative_to(self._running.scenario.folder, file)) for file in files]
        if objects:
            outputs.append(self._act("apply", "objects", **{"with": objects}))
        return Text("".join(outputs))

    def _apply_at_start(self, files: list[str]) -> None:
        """Add files to the initial state, or none of them when one has a problem."""
        before = self._paths
        self._paths = [*before, *(self._relative_to(".", file) for file in files)]
        try:
            self._inputs = self._read_inputs()
        except SimulatorError:
            self._paths = before
            raise

    def _act(self, verb: str, target: Any, **options: Any) -> Text:
        """Perform an action of a Scenario now. Raises RefusedError with kubectl's message, or UsageError for options that make no sense."""
        cluster = self._running
        value = {"at": 0, verb: target, **{name: option for name, option in options.items() if option is not None}}
        reader = Reader(str(Path(cluster.scenario.folder, "here")), Places(None, 0))
        actions = read_actions(reader, [value], "action")
        if reader.problems:
            raise _usage_error(reader, "action[0]")
        self._action_count += 1
        answer = cluster.act(actions[0]._replace(at=cluster.engine.now, path=f"python[{self._action_count}]"))
        if answer.code:
            raise RefusedError(answer.text("stderr").strip())
        return Text(answer.text("stdout"))

    # ---- internals

    @property
    def started(self) -> Cluster:
        """The cluster behind it, which `podsim serve` serves: its manifests are applied, and nothing has reacted to the last one."""
        return self._running

    @property
    def _running(self) -> Cluster:
        """The cluster, started on first use: manifests are applied, and nothing has reacted to the last one."""
        if self._cluster is None:
            cluster = self._cluster = Cluster(self._inputs)
            cluster.begin(FOREVER)
            cluster.play_part(0, lambda: cluster.is_applied)
            cluster.play(0, Order.WORLD)
        return self._cluster

    def _settle(self) -> None:
        """Run everything that happens at the present time."""
        self._running.play(self._running.engine.now)

    def _read_inputs(self) -> Inputs:
        scenario, choices = self._spec, self._choices
        if scenario is not None and choices.namespace is None:
            choices = choices._replace(namespace=scenario.namespace or None)
        inputs = gather(self._paths, choices) if self._paths else Inputs(Scenario(), Loaded(), Loaded(), (), 0, choices.exact)
        return under(inputs, inputs.scenario if scenario is None else scenario, choices) if scenario or not self._paths else inputs

    def _relative_to(self, folder: str, path: str | Path) -> str:
        """A path that is relative to this cluster's folder, made relative to another one, which is how journals name files."""
        return os.path.relpath(Path(self._folder, path).absolute(), Path(folder).absolute())

    def __repr__(self) -> str:
        pods = self.pods()
        ready = sum(pod.ready for pod in pods)
        return f"<SimulatedCluster at {instant(self.moment.t)}: {len(pods)} pods, {ready} ready>"

    def _repr_html_(self) -> str:
        return f"{self.timeline()._repr_html_()}{self.moment._repr_html_()}"


def _usage_error(reader: Reader, path: str) -> UsageError:
    """What is wrong with the arguments of a call, without a place in a file: there is none."""
    problems = [(problem.path.removeprefix(path).removeprefix("."), problem.message) for problem in reader.problems]
    return UsageError("\n".join(f"{name}: {message}" if name else message for name, message in problems))


def _scenario(spec: Mapping[str, Any]) -> Scenario:
    """A Scenario from the content of its `spec`. Raises ScenarioError."""
    document = {"apiVersion": API_VERSION, "kind": SCENARIO, "spec": dict(spec)}
    scenario = scenario_of(document, "scenario", Places(None, 0))
    if scenario.manifests or scenario.before.manifests:
        raise UsageError("scenario: manifests are applied: SimulatedCluster('app.yaml', ...)")
    return scenario._replace(file="", folder=".")
