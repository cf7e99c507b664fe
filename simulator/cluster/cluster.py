"""Wires a cluster up and runs it to its horizon. No logic of its own: every rule is in the package of its component."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from simulator.api import ApiError, ApiServer
from simulator.api.admission import Admission
from simulator.client.memo import forget_all
from simulator.cluster.machines import Machines
from simulator.cluster.rest import AT_MOST, QUIET, is_at_rest
from simulator.controllers.manager import ControllerManager
from simulator.dialect import Dialect
from simulator.engine import Engine, Order
from simulator.errors import InvariantError, SimulatorError
from simulator.garbage import PAST_RUNS, RARELY
from simulator.journal.journal import Journal
from simulator.journal.records import Cause, Header
from simulator.journal.store import Store
from simulator.limits import beyond, limit
from simulator.manifest.applied import applied
from simulator.manifest.load import Loaded, Manifest
from simulator.objects.base import JSON
from simulator.objects.config import Namespace
from simulator.objects.kinds import Key, key_of
from simulator.objects.labels import DELIVERED
from simulator.objects.meta import ObjectMeta
from simulator.scenario.inference import Assumption, Inference
from simulator.scenario.inputs import Choices, Inputs, gather
from simulator.scenario.programs import ProgramTable
from simulator.scenario.spec import KUBECTL, RBAC, Action, Scenario
from simulator.scenario.storage import provided
from simulator.scenario.write import flow
from simulator.scheduler.scheduler import Scheduler
from simulator.units import HOUR, SECOND, parse_time
from simulator.version import __version__

if TYPE_CHECKING:
    from simulator.api.requests import Reply
    from simulator.delivery.start import Delivery
    from simulator.kubectl.write.acting import Answer as KubectlAnswer
    from simulator.scenario.actions import Actor

SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
BOOT = Cause(0, "SYS-01")
USER = Cause(0, "USR-00")
NO_CHOICES = Choices()
"""The Scenario as it is."""


class Cluster:
    """A simulated cluster: control plane, nodes, and the user who applies the manifests at t=0."""

    def __init__(self, inputs: Inputs) -> None:
        PAST_RUNS.collect()
        scenario = self.scenario = inputs.scenario
        self.inputs = inputs
        self.horizon = inputs.horizon
        self.is_applied = False
        """Whether the run's manifests are applied, or are delivered by a tool."""
        if self.horizon > limit("hours") * HOUR:
            raise beyond("hours", f"a run of {self.horizon // HOUR} hours")
        self.engine = Engine(parse_time(scenario.start_time), scenario.seed, exact=inputs.exact, begin=inputs.begin)
        self.journal = Journal(_header(inputs, self.horizon))
        self.store = Store(self.journal, lambda: self.engine.now)
        self.dialect = Dialect(scenario.kubernetes)
        admission = Admission(self.store, self.engine.streams.stream, self.dialect, scenario.webhook_answers)
        self.api = ApiServer(self.engine, self.store, admission)
        self._inference = Inference(self.store, scenario.pulls)
        self.programs = ProgramTable(scenario, self.store, self._inference)
        self.applied: dict[Key, JSON] = {}
        self.machines = Machines(self.engine, self.api, self.dialect, scenario, self.programs, self._inference, self.applied)
        self.api.open_metrics = self.machines.metrics
        if max(inputs.horizon, AT_MOST) - inputs.begin >= scenario.event_ttl:
            from simulator.api.event_expiry import EventExpiry

            EventExpiry(self.engine, self.store, scenario.event_ttl)
        self._boot()

    @property
    def assumptions(self) -> list[Assumption]:
        """What has been assumed so far about containers and images that the Scenario does not describe."""
        return self._inference.assumptions

    def explain(self, folder: str = ".") -> str:
        """The complete Scenario of this run as YAML, for a file in `folder`; call it after the run."""
        from simulator.scenario.explain import Known, explained
        from simulator.scenario.template_pods import infer_all

        infer_all(self.programs, self.store, self.inputs.objects)
        inference = self._inference
        known = Known(inference.started, inference.images, inference.executables, self.assumptions, self.machines.paths.assumed())
        return explained(self.inputs._replace(horizon=self.horizon), known, folder)

    @property
    def answers(self) -> dict[str, KubectlAnswer]:
        """What kubectl printed about each action, by the action's path."""
        return self._actor.answers

    def run(self) -> Journal:
        """Apply the manifests, run to the horizon, and return the journal. Raises InvariantError for a bug of podsim."""
        self.begin()
        return self.play(self.horizon)

    def run_to_rest(self) -> Journal:
        """As `run`; without a set duration, continue until nothing changes any more, for 10 minutes at most. Clients never rest."""
        journal = self.run()
        while (end := self.later_end()) is not None:
            self.horizon = end
            self.play(end)
        return journal

    def later_end(self) -> int | None:
        """Until when a run that has come to its horizon continues; None: it is over."""
        is_set = self.scenario.duration is not None or bool(self.scenario.traffic)
        if not is_set and self.scenario.apply and (due := self._delivery.due) is not None:
            return due + QUIET
        if is_set or self.horizon >= AT_MOST or is_at_rest(self.journal, self.store, self.horizon):
            return None
        return min(self.horizon + QUIET, AT_MOST)

    def begin(self, end: int | None = None) -> None:
        """Schedule everything that the inputs ask for; clients send requests until `end` (None: the horizon)."""
        self._make_undefined()
        self._apply(self.inputs.before)
        self.engine.call_at(0, lambda: self._apply(self.inputs.loaded, self._follow), Order.WORLD)
        self._assume_deliveries()
        if self.scenario.actions:
            self._actor.start()
        if self.scenario.traffic:
            self.machines.start_traffic(self.horizon if end is None else end)
        if self.scenario.metrics is not None or self.scenario.states_use:
            self.engine.call_at(0, lambda: self.api.metrics, Order.WORLD)

    def play(self, until: int, upto: int = len(Order)) -> Journal:
        """Continue until an instant and return the journal, which ends there; with `upto`, only through that order of the instant.

        Raises InvariantError, with what replays the run, for a bug of podsim.
        """
        self._run(lambda: self.engine.run(until, upto))
        assumed = [assumption.as_fields() for assumption in self.assumptions]
        self.journal.header = replace(self.journal.header, horizon=until / SECOND, assumptions=assumed)
        return self.journal

    def play_part(self, until: int, enough: Callable[[], bool]) -> bool:
        """Continue until an instant, or until `enough` says so between two calls; whether the instant is reached. Raises as `play` does."""
        reached: list[bool] = []
        self._run(lambda: reached.append(self.engine.run_part(until, enough)))
        return reached[0]

    def _run(self, call: Callable[[], object]) -> None:
        """Run the engine. Raises InvariantError, with what replays the run, for a bug of podsim."""
        before = len(self.journal)
        try:
            with RARELY:
                call()
        except InvariantError as error:
            raise InvariantError(f"{error} ({self._place()})") from error
        except SimulatorError:
            raise
        except Exception as error:
            raise InvariantError(f"{type(error).__name__}: {error} ({self._place()})") from error
        finally:
            forget_all()
            PAST_RUNS.add(len(self.journal) - before)

    def adopt(self, scenario: Scenario, horizon: int) -> None:
        """Continue as a run of another Scenario to another horizon; up to now, only programs, actions and clients to come may differ."""
        self.inputs = self.inputs._replace(scenario=scenario, horizon=horizon)
        had_actions = bool(self.scenario.actions)
        self.scenario, self.horizon = scenario, horizon
        self.machines.adopt(scenario)
        if had_actions or scenario.actions:
            self._actor.adopt(scenario)
        if scenario.traffic:
            self.machines.start_traffic(horizon)

    def act(self, action: Action) -> KubectlAnswer:
        """Do something now, before its effects at this instant; what kubectl has printed so far. Raises as `play` does."""
        self.engine.call_at(self.engine.now, lambda: self._actor.act(action), Order.WORLD)
        self.play(self.engine.now, Order.WORLD)
        return self._actor.answers[action.path]

    def send(self, action: Action) -> Reply:
        """Send a client's request to the API server now; for a call of the engine at `Order.WORLD`. Raises ApiError."""
        return self._actor.send(action)

    def _place(self) -> str:
        """How to replay this run, and its present instant."""
        return f"seed {self.scenario.seed}, t={self.engine.now / SECOND:g}s, Kubernetes {self.scenario.kubernetes}"

    # ---- wiring

    def _boot(self) -> None:
        for name in SYSTEM_NAMESPACES:
            self.api.create(Namespace(metadata=ObjectMeta(name=name)), BOOT)
        self.machines.boot(BOOT)
        ControllerManager(self.engine, self.api, self.dialect).start()
        Scheduler(self.engine, self.api, self.dialect, self.scenario.nodes[0].name).start()
        self.machines.network.start()

    # ---- the user

    def _make_undefined(self) -> None:
        """Create the namespaces and storage classes that manifests need and do not define. All but the run's namespace are assumptions."""
        for name in self.inputs.undefined_namespaces:
            if name not in SYSTEM_NAMESPACES:
                self.api.create(Namespace(metadata=ObjectMeta(name=name)), BOOT)
                if name != self.scenario.namespace:
                    override = flow({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
                    self.assumptions.append(Assumption(f"namespace {name}", "exists from the start", "no manifest creates it", override))
        given = provided(self.inputs.objects, self.scenario)
        for item in given.made:
            self.api.create(item, BOOT)
        self.assumptions.extend(given.assumptions)

    @cached_property
    def _actor(self) -> Actor:
        """Carries out actions; not even imported in a run without any."""
        from simulator.scenario.actions import Actor

        return Actor(self.engine, self.api, self.scenario, self.machines, self.applied)

    @cached_property
    def _delivery(self) -> Delivery:
        """Delivers manifests as helm or Argo CD do; not even imported when kubectl applies them."""
        from simulator.delivery.start import Delivery

        return Delivery(self.engine, self.api, self.scenario, self._apply_one)

    def _assume_deliveries(self) -> None:
        """Note which objects would have an order of their own with helm or Argo CD."""
        if "as" not in self.scenario.apply and any(DELIVERED & item.metadata.annotations.keys() for item in self.inputs.objects):
            from simulator.delivery.marks import assumptions

            self.assumptions.extend(assumptions(self.inputs.objects))

    def _apply(self, loaded: Loaded, then: Callable[[], None] | None = None) -> None:
        if loaded.refused:
            self._actor.print_errors(str(problem) for problem in loaded.problems)
        # Namespaces first, as for a user who applies the files twice.
        manifests = deque(sorted(loaded.manifests, key=lambda manifest: manifest.object.kind != "Namespace"))
        if (self.scenario.apply.get("as", KUBECTL) != KUBECTL or "each" in self.scenario.apply) and manifests:
            self._delivery.start(tuple(manifests))
            manifests.clear()
        self._apply_next(manifests, then)

    def _apply_next(self, rest: deque[Manifest], then: Callable[[], None] | None) -> None:
        """Apply an object, and the next one when the control plane has acted on it: kubectl sends one request after the other."""
        if rest:
            self._apply_one(rest.popleft())
        if rest:
            self.engine.call_after(0, lambda: self._apply_next(rest, then), Order.OBSERVE)
        elif then:
            then()

    def _follow(self) -> None:
        """Everything is applied: now come the actions of t=0."""
        self.is_applied = True
        if self.scenario.actions:
            self._actor.start_at_zero()

    def _apply_one(self, manifest: Manifest) -> ApiError | None:
        """Create the object of a manifest, or apply it when it is there; the error when it is refused, which is printed."""
        try:
            key = key_of(self.api.create(manifest.object, USER))
            self.applied[key_of(manifest.object)] = manifest.raw
            self.journal.append(applied(self.engine.now, key, manifest, self.scenario.folder, USER))
        except ApiError as error:
            if error.reason == "AlreadyExists":
                return self._actor.apply(manifest)
            self._actor.refuse(error, manifest)
            return error
        return None


def simulate(paths: Sequence[str], choices: Choices = NO_CHOICES) -> Journal:
    """Read manifests and Scenario, run to the horizon, and return the journal. Raises InputError."""
    return Cluster(gather(paths, choices)).run()


def _header(inputs: Inputs, horizon: int) -> Header:
    scenario = inputs.scenario
    return Header(
        start_time=scenario.start_time,
        kubernetes=scenario.kubernetes,
        kubectl=scenario.kubectl or scenario.kubernetes,
        seed=scenario.seed,
        authorization="" if scenario.authorization == RBAC else scenario.authorization,
        podsim=__version__,
        scenario=scenario.name,
        namespace=scenario.namespace or "",
        horizon=horizon / SECOND,
        assumptions=[],
    )
