"""A cluster for tests and notebooks: played piece by piece, looked at and acted upon in between.

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
from typing import Any

from simulator.cluster import Cluster
from simulator.engine import Order
from simulator.errors import SimulatorError, UsageError
from simulator.expectations.evaluate import check_names, evaluate
from simulator.expectations.things import FINDERS
from simulator.expectations.verdict import Verdict, instant
from simulator.journal.journal import Journal
from simulator.manifest.load import Loaded
from simulator.manifest.places import Places
from simulator.metrics import Story
from simulator.metrics.selection import selection
from simulator.public.inspection import Looking
from simulator.public.moment import Moment, Text, When, nanoseconds
from simulator.public.verbs import Verbs
from simulator.scenario.inputs import Choices, Inputs, gather, under
from simulator.scenario.read import API_VERSION, KIND, scenario_of
from simulator.scenario.read_actions import read_actions
from simulator.scenario.read_expect import WORDS, read_expectations
from simulator.scenario.reader import Reader
from simulator.scenario.spec import Scenario
from simulator.units import DAY, SECOND, short_duration

FOREVER = 365 * DAY
"""As long as clients call, who call until the end of a run that has none."""


class RefusedError(SimulatorError):
    """kubectl would have ended with an error: its words."""


class SimulatedCluster(Looking, Verbs):
    """A cluster whose clock goes on when it is told to. Everything that looks at it sees the present instant.

    `paths`: manifests, directories or a Scenario, applied at t=0. `scenario`: the content of a Scenario's `spec`, for timings and programs
    without a file. File names are relative to `folder`. The other options go before what a Scenario says, as those of `podsim run` do.
    Raises ManifestError, ScenarioError or UsageError with every problem found.
    """

    def __init__(
        self,
        *paths: str | Path,
        scenario: Mapping[str, Any] | None = None,
        folder: str | Path = ".",
        namespace: str | None = None,
        seed: int | None = None,
        kubernetes: str | None = None,
        nodes: int | None = None,
        start_time: str | None = None,
        exact: bool = False,
    ) -> None:
        self._folder = Path(folder)
        self._choices = Choices(namespace, seed, kubernetes, None, nodes, start_time, exact=exact)
        self._spec = None if scenario is None else _scenario(scenario)
        self._paths = [self._seen_from(".", path) for path in paths]
        self._inputs = self._gathered()
        self._cluster: Cluster | None = None
        self._done = 0

    # ---- time

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return self._running.engine.now / SECOND

    def run_until(self, when: When) -> Moment:
        """Go on until an instant, everything at that instant included. Raises UsageError when it is past."""
        t = nanoseconds(when)
        if t is None or t < self._running.engine.now:
            raise UsageError(f"{when} is past: it is {short_duration(self._running.engine.now)}")
        self._running.play(t)
        return self.moment

    def run_for(self, duration: When) -> Moment:
        """Go on for a while."""
        span = nanoseconds(duration)
        if span is None or span < 0:
            raise UsageError(f"time does not go back: {duration}")
        self._running.play(self._running.engine.now + span)
        return self.moment

    def wait(self, subject: str, word: str = "ready", timeout: When = "2m") -> Moment:
        """Go on until all that a subject means is so: `wait("deployment/web", "rolledOut")`; words as in expectations.

        Raises AssertionError, with the reason, when it is not within `timeout`, and UsageError for an unknown word.
        """
        if word not in WORDS:
            raise UsageError(f"no word {word!r}; there is {', '.join(WORDS)}")
        chosen, find = selection(subject), FINDERS[word]
        cluster, begin = self._running, self._running.engine.now
        deadline, seen = begin + (nanoseconds(timeout) or 0), -1
        while True:
            if len(cluster.journal) != seen:
                seen = len(self.journal)
                things = find(Story(cluster.journal.at()), chosen)
                there = [thing for thing in things if thing.exists_at(cluster.engine.now)]
                if there and all(thing.holds_at(cluster.engine.now) for thing in there):
                    return self.moment
            if cluster.engine.now >= deadline:
                break
            following = cluster.engine.next
            cluster.play(deadline if following is None else min(following, deadline))
        self.expect(**{word if word != "rolledOut" else "rollout": subject})
        raise AssertionError(f"{subject} is not {word} after {timeout}")

    # ---- looking

    @property
    def journal(self) -> Journal:
        """All that was written so far."""
        self._settle()
        return self._running.journal

    def at(self, when: When) -> Moment:
        """The cluster at an earlier instant. Raises UsageError for a later one."""
        t = nanoseconds(when)
        if t is not None and t > self._running.engine.now:
            raise UsageError(f"{when} is still to come: it is {short_duration(self._running.engine.now)}")
        return Moment(self.journal.at(t))

    # ---- expecting

    def expect(self, **expectation: Any) -> Verdict:
        """Hold the run so far against an expectation of a Scenario: `expect(never="pod/*", state="CrashLoopBackOff")`.

        `from` is written `from_`. Raises AssertionError that explains, and UsageError for what makes no sense.
        """
        value = {name.removesuffix("_"): option for name, option in expectation.items()}
        reader = Reader("", Places(None, 0))
        found = read_expectations(reader, [value], "expect", self._running.engine.now)
        if reader.problems:
            raise _complaint(reader, "expect[0]")
        check_names(found)
        [verdict] = evaluate(self.journal.at(), found)
        if not verdict.holds:
            told = "\n".join(verdict._replace(shows=()).lines())
            raise AssertionError(f"{verdict.text}\n{told}")
        return verdict

    # ---- acting

    def apply(self, *paths: str | Path | Mapping[str, Any]) -> Text:
        """`kubectl apply` of files, directories, or objects as mappings. Before the clock has begun to run it is part of the beginning."""
        files = [str(path) for path in paths if not isinstance(path, Mapping)]
        objects = [dict(path) for path in paths if isinstance(path, Mapping)]
        if self._cluster is None and not objects:
            before = self._paths
            self._paths = [*before, *(self._seen_from(".", file) for file in files)]
            try:
                self._inputs = self._gathered()
            except SimulatorError:
                self._paths = before
                raise
            return Text("")
        printed = [self._act("apply", self._seen_from(self._running.scenario.folder, file)) for file in files]
        printed += [self._act("apply", "objects", **{"with": objects})] if objects else []
        return Text("".join(printed))

    def _act(self, verb: str, target: Any, **options: Any) -> Text:
        """Do what an action of a Scenario says, now. Raises RefusedError with kubectl's words, or UsageError for what makes no sense."""
        cluster = self._running
        given = {"at": 0, verb: target, **{name: value for name, value in options.items() if value is not None}}
        reader = Reader(str(Path(cluster.scenario.folder, "here")), Places(None, 0))
        [*read] = read_actions(reader, [given], "action")
        if reader.problems:
            raise _complaint(reader, "action[0]")
        self._done += 1
        answer = cluster.act(read[0]._replace(at=cluster.engine.now, path=f"python[{self._done}]"))
        if answer.code:
            raise RefusedError(answer.text("stderr").strip())
        return Text(answer.text("stdout"))

    # ---- inside

    @property
    def _running(self) -> Cluster:
        """The cluster, begun when it is first needed: manifests are applied, and nothing has reacted yet."""
        if self._cluster is None:
            self._cluster = Cluster(self._inputs)
            self._cluster.begin(FOREVER)
            self._cluster.play(0, Order.WORLD)
        return self._cluster

    def _settle(self) -> None:
        """Let everything happen that happens at this instant."""
        self._running.play(self._running.engine.now)

    def _gathered(self) -> Inputs:
        scenario, choices = self._spec, self._choices
        if scenario is not None and choices.namespace is None:
            choices = choices._replace(namespace=scenario.namespace or None)
        inputs = gather(self._paths, choices) if self._paths else Inputs(Scenario(), Loaded(), Loaded(), (), 0, choices.exact)
        return under(inputs, inputs.scenario if scenario is None else scenario, choices) if scenario or not self._paths else inputs

    def _seen_from(self, folder: str, path: str | Path) -> str:
        """A file that is named relative to our folder, as it is seen from another one; files in journals are named so."""
        return os.path.relpath(Path(self._folder, path).absolute(), Path(folder).absolute())

    def __repr__(self) -> str:
        pods = self.pods()
        ready = sum(pod.ready for pod in pods)
        return f"<SimulatedCluster at {instant(self.moment.t)}: {len(pods)} pods, {ready} ready>"

    def _repr_html_(self) -> str:
        return f"{self.timeline()._repr_html_()}{self.moment._repr_html_()}"


def _complaint(reader: Reader, path: str) -> UsageError:
    """What is wrong with the arguments of a call, without the place in a file that there is not."""
    told = [(problem.path.removeprefix(path).removeprefix("."), problem.message) for problem in reader.problems]
    return UsageError("\n".join(f"{name}: {message}" if name else message for name, message in told))


def _scenario(spec: Mapping[str, Any]) -> Scenario:
    """A Scenario from what stands under its `spec`. Raises ScenarioError."""
    document = {"apiVersion": API_VERSION, "kind": KIND, "spec": dict(spec)}
    found = scenario_of(document, "scenario", Places(None, 0))
    if found.manifests or found.before.manifests:
        raise UsageError("scenario: manifests are applied: SimulatedCluster('app.yaml', ...)")
    return found._replace(file="", folder=".")
