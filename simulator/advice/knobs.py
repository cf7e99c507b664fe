"""What `--solve` varies: the sleep of a preStop hook, or one number of a probe."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import msgspec

from simulator.advice.app import LIVENESS, PROBE_FIELDS, READINESS, STARTUP, App, Subject
from simulator.advice.budget import Numbers, Window, killed_if_not_listening, numbers
from simulator.advice.finding import Change
from simulator.advice.goals import LOST, READY, RESTART, Goal
from simulator.advice.prestop import sleep_hook
from simulator.advice.probe_changes import written_handler
from simulator.advice.rules.rollout import started_after
from simulator.dialect import Dialect
from simulator.errors import UsageError
from simulator.objects.probes import Probe
from simulator.units import MINUTE, SECOND

PERIOD = 2
"""Seconds between the probes of a startup probe that is proposed where there is none."""
PRE_STOP = "preStop"
LARGEST = {"failureThreshold": 1000, "periodSeconds": 120, "initialDelaySeconds": 600}
LONGEST_SLEEP = 60
DEFAULTS = {RESTART: (STARTUP, "failureThreshold"), READY: (READINESS, "periodSeconds"), LOST: (READINESS, PRE_STOP)}
"""By kind of goal: the probe and the field that are varied where `--knob` does not name them."""


class Range(NamedTuple):
    """The candidates: whole numbers from `first` to `last`; `grows`: whether larger ones are the safer ones."""

    first: int
    last: int
    grows: bool


class Knob(Protocol):
    """A setting to vary."""

    @property
    def name(self) -> str:
        """Its field, in the words of `--knob`."""

    @property
    def range(self) -> Range:
        """The candidates."""

    def change(self, value: int) -> Change:
        """What a candidate writes into the manifest."""

    def run_time(self, value: int) -> int:
        """How long a run must last to show what a candidate does (ns); 0: as the inputs say."""


class PreStopSleep(msgspec.Struct, frozen=True):
    """How many seconds a preStop hook sleeps; the last second of the grace period is left for the shutdown."""

    subject: Subject
    dialect: Dialect
    name: str = PRE_STOP

    @property
    def range(self) -> Range:
        """From no hook to the whole grace period but a second."""
        return Range(0, max(0, min(LONGEST_SLEEP, self.subject.grace // SECOND - 1)), grows=True)

    def change(self, value: int) -> Change:
        """The hook."""
        return Change(self.subject.field("lifecycle.preStop"), sleep_hook(value, self.dialect))

    def run_time(self, value: int) -> int:
        """The run ends some time after the rollout, whatever the sleep."""
        return 0


class ProbeNumber(msgspec.Struct, frozen=True):
    """A number of a probe. `begin`: when the container starts (ns); `visible`: how long after that the probe workers see it."""

    subject: Subject
    probe_field: str
    number: str
    grows: bool
    begin: int
    visible: Window

    @property
    def name(self) -> str:
        """Its field, in the words of `--knob`."""
        return f"{self.probe_field}.{self.number}"

    @property
    def range(self) -> Range:
        """All values that make sense; only a delay can be 0."""
        return Range(0 if self.number == "initialDelaySeconds" else 1, LARGEST[self.number], self.grows)

    def change(self, value: int) -> Change:
        """The number; or a startup probe with the handler of the liveness probe, where there is none."""
        if self.subject.probe(self.probe_field) is not None:
            return Change(self.subject.field(self.name), value)
        handler = written_handler(self.subject, LIVENESS)
        return Change(self.subject.field(self.probe_field), {**handler, "periodSeconds": PERIOD, self.number: value})

    def run_time(self, value: int) -> int:
        """Until the probe kills a container that never listens."""
        probe = self.subject.probe(self.probe_field) or Probe(period_seconds=PERIOD)
        return self.begin + killed_if_not_listening(_with(numbers(probe), self.number, value), self.visible).high


def _with(probe: Numbers, number: str, value: int) -> Numbers:
    """A probe with another value of one of its numbers."""
    if number == "failureThreshold":
        return probe._replace(failures=value)
    return probe._replace(period=value * SECOND) if number == "periodSeconds" else probe._replace(delay=value * SECOND)


def knob(app: App, subject: Subject, goal: Goal, name: str = "") -> Knob:
    """The setting that `--knob NAME` means, or the usual one for a goal. Raises UsageError when there is none."""
    default_probe, default_field = DEFAULTS[goal.kind]
    probe_field, dot, field = (name or default_field).rpartition(".")
    if not dot and field == PRE_STOP:
        return PreStopSleep(subject, app.dialect)
    if not dot:
        probe_field = default_probe
    if probe_field not in PROBE_FIELDS or field not in LARGEST:
        raise UsageError(
            f"--knob {name!r}: must be preStop, or failureThreshold, periodSeconds or initialDelaySeconds of {', '.join(PROBE_FIELDS)}"
        )
    is_new = subject.probe(probe_field) is None
    if is_new and (probe_field != STARTUP or subject.probe(LIVENESS) is None):
        raise UsageError(f"--solve: {subject.name} has no {probe_field} to vary; name another setting with --knob")
    # Larger numbers let more start-ups survive, but delay readiness: the less often a probe runs, the later it succeeds.
    grows = goal.kind != READY or field == "failureThreshold"
    return ProbeNumber(subject, probe_field, field, grows, started_after(app, subject) or MINUTE, app.visible)
