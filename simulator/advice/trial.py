"""A run that demonstrates a finding: inputs with some fields replaced, optionally with clients; and the command that repeats it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from simulator.network.traffic import Traffic
from simulator.scenario.inputs import Inputs
from simulator.scenario.spec import Action
from simulator.units import MINUTE, SECOND, short_duration
from simulator.whatif.base import Base
from simulator.whatif.sweep import settings
from simulator.whatif.traffic_runs import with_clients

RATE = 20.0
"""Requests a second that the clients of a trial send."""

Overrides = tuple[tuple[str, str], ...]
"""Addresses and values, as `--set` takes them."""


class Trial(NamedTuple):
    """Which fields are replaced, and what happens at `at` to the workload behind `service`, which gets requests from `begin` on.

    `duration` 0: as the inputs say. `restart`: a workload (`deployment/web`, of `namespace`) whose rollout is restarted at `at`.
    """

    sets: Overrides = ()
    duration: int = 0
    service: str = ""
    during: str = ""
    at: int = 1 * MINUTE
    begin: int = 0
    rate: float = RATE
    restart: str = ""
    namespace: str = ""

    def inputs(self, base: Base, overrides: Overrides = ()) -> Inputs:
        """The inputs of its run, with the `overrides` of all trials. Raises what bad input raises."""
        inputs = inputs_with(base, (*overrides, *self.sets))
        if self.service:
            inputs = with_clients(inputs, Traffic(self.service, rate=self.rate, begin=self.begin), self.during, self.at)
        if self.restart:
            action = Action(self.at, "rolloutRestart", self.restart, {"namespace": self.namespace}, "advise")
            actions = sorted((*inputs.scenario.actions, action), key=lambda one: one.at)
            inputs = inputs._replace(scenario=inputs.scenario._replace(actions=tuple(actions)))
        return inputs._replace(horizon=max(inputs.horizon, self.duration))

    def command(self, paths: Sequence[str], options: str = "", overrides: Overrides = ()) -> str:
        """The command that repeats it. `options`: the ones that the inputs were read with."""
        sets = "".join(f" --set {shlex.quote(f'{address}={value}')}" for address, value in (*overrides, *self.sets))
        if self.service:
            files = "".join(f" -f {shlex.quote(path)}" for path in paths)
            during = f" --during {self.during} --event-at {short_duration(self.at)}" if self.during else ""
            begin = f" --begin {short_duration(self.begin)}" if self.begin else ""
            return f"podsim traffic {self.service}{files} --rate {self.rate:g}{begin}{during}{sets}{options}"
        length = self.at if self.restart else self.duration
        duration = f" --duration {length // SECOND}s" if length else ""
        run = f"podsim run {shlex.join(paths)}{sets}{duration}{options}"
        if not self.restart:
            return run
        about = self.restart if self.namespace == "default" else f"{self.restart} -n {self.namespace}"
        after = f"{(self.duration - self.at) // SECOND}s"
        return f"{run} && podsim rollout restart {about} --for {after} && podsim rollout status {about}"


def inputs_with(base: Base, overrides: Overrides) -> Inputs:
    """The inputs with some fields replaced, validated like written ones. Raises UsageError, ManifestError, ScenarioError."""
    changed, replaced = settings(base, overrides)
    return changed.arm(replaced)
