"""Does to the simulated cluster what a Scenario's actions say, as kubectl would: reads an object, changes it, writes it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

from simulator.api import ApiError, ApiServer
from simulator.api.admission_refusal import as_kubectl
from simulator.api.apply import applied
from simulator.dialect import Dialect
from simulator.engine import Engine, Order, Process, Timer
from simulator.journal.records import LogLine
from simulator.kubectl.request import Request
from simulator.kubectl.words import REQUESTS, writing
from simulator.kubectl.write.acting import USER, Acting, Answer, Containers, Origin, Part, Site, perform
from simulator.manifest.applied import applied as applied_from
from simulator.manifest.applied import refused
from simulator.manifest.load import Manifest
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, key_of, to_builtins
from simulator.objects.process import BY_SIGNAL, SIGKILL_EXIT
from simulator.process.signals import NUMBERS
from simulator.scenario.read_options import REBOOTS, REQUEST
from simulator.scenario.read_options import SIGNALS as SIGNAL_NAMES
from simulator.scenario.spec import Action, Scenario
from simulator.scenario.user_facts import action_fact
from simulator.units import parse_duration

if TYPE_CHECKING:
    from simulator.api.requests import Reply
    from simulator.scenario.waiting import Wait

SIGNALS = {name: BY_SIGNAL + NUMBERS[name] for name in SIGNAL_NAMES}
"""Exit codes of containers that a signal ends."""
TAGS = {"stdout": "stdout", "stderr": ""}
"""How the journal marks lines of the two streams: what is not marked is an error. Warnings are marked as such."""


class World(Containers, Protocol):
    """What actions can do beside writing to the API: kill containers, stop kubelets, registries and DNS, change programs, run commands."""

    def kill(self, namespace: str, pod: str, container: str, exit_code: int, reason: str) -> None:
        """End matching containers of matching pods."""

    def node(self, name: str, *, down: bool, unreachable: bool) -> None:
        """Let a node's kubelet hang or continue; nothing gets through to its pods when it is `unreachable`."""

    def kubelet(self, node: str, change: str) -> None:
        """`stop` a node's kubelet, `start` a new one, or `restart` it."""

    def reboot(self, node: str, change: str | int, *, remembers: bool) -> None:
        """Switch a node off (`down`), on (`up`), or off for so many nanoseconds; `remembers`: its runtime then still has its containers."""

    def lose_sandboxes(self, namespace: str, pod: str, what: str) -> None:
        """Lose the sandboxes of matching pods: `pause`, `dead` or `removed`."""

    def image_registry(self, images: str, error: str, *, down: bool) -> None:
        """Stop matching images from being pulled, or let them come again."""

    def dns(self, state: str) -> None:
        """Let no name resolve (`down`, `refused` or `failing`: what clients get), or let them resolve again (`up`)."""

    def programs(self, rules: Any) -> None:
        """Replace what containers do that start from now on."""


class Actor:
    """Plays the actions of one Scenario. `last` is what was applied last, by object.

    `answers`: what kubectl printed, by the actions' paths.
    """

    def __init__(self, engine: Engine, api: ApiServer, scenario: Scenario, world: World, last: dict[Key, JSON]) -> None:
        self._engine = engine
        self._scenario = scenario
        self._world = world
        self._site = Site(engine, api, world, last)
        self._origin = Origin(scenario.namespace or "default", scenario.folder, globs=True)
        self._journal = api.store.journal
        self.answers: dict[str, Answer] = {}
        self._timers: list[Timer] = []
        self._waits: dict[str, Wait] = {}

    def start(self) -> None:
        """Have every later action happen at its time, before anything else of that instant."""
        self._schedule(action for action in self._scenario.actions if action.at > 0)

    def start_at_zero(self) -> None:
        """Have those of t=0 happen now: the run's manifests are applied, and nothing has reacted to the last one."""
        self._schedule(action for action in self._scenario.actions if action.at == 0)

    def _schedule(self, actions: Iterable[Action]) -> None:
        actions = list(actions)
        timed = [action for action in actions if not action.when]
        self._timers += [
            self._engine.call_at(at, partial(self._in_order, list(together)), Order.WORLD)
            for at, together in groupby(timed, key=lambda action: action.at)
        ]
        # What waits looks at the world after what is done at that instant.
        waiting = (action for action in actions if action.when)
        self._timers += [self._engine.call_at(action.at, partial(self._await, action), Order.OBSERVE) for action in waiting]

    def _await(self, action: Action) -> None:
        """Do an action when its condition holds."""
        from simulator.scenario.waiting import Wait

        self._waits[action.path] = Wait(self._engine, self._site.api.store, action, self._origin.namespace, self.act, self.print_errors)

    def adopt(self, scenario: Scenario) -> None:
        """Continue with the actions of another Scenario that are still to come."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for wait in self._waits.values():
            if wait.action not in scenario.actions:
                wait.end()
        self._scenario = scenario
        self._schedule(action for action in scenario.actions if action.at > max(0, self._engine.now))

    def _in_order(self, actions: list[Action]) -> None:
        """Those of one instant one after the other, as a user does them who types fast: the next one when the first has begun its work."""
        self.act(actions[0])
        if len(actions) > 1:
            self._engine.call_at(self._engine.now, partial(self._in_order, actions[1:]), Order.WORLD)

    def act(self, action: Action) -> None:
        """Do it now. What the API server refuses is printed as kubectl prints it."""
        acting = Acting(self._site, self._origin, request_of(action), lambda part: self._log(part, acting.namespace))
        self.answers[action.path] = acting.answer
        self._journal.append(action_fact(self._engine.now, action, acting.namespace, self._scenario.file, USER))
        if action.verb == REQUEST:
            with suppress(ApiError):
                self._send(action)
            return
        perform(acting, self._do)

    def send(self, action: Action) -> Reply:
        """Send a client's request now, as an action that is recorded. Raises ApiError."""
        namespace = self._origin.namespace
        self._journal.append(action_fact(self._engine.now, action, namespace, self._scenario.file, USER))
        return self._send(action)

    def _send(self, action: Action) -> Reply:
        from simulator.scenario.requests import carry_out, sent_of

        return carry_out(self._site.api, Dialect(self._scenario.kubernetes), sent_of(action), USER)

    def _do(self, acting: Acting) -> Process[None] | None:
        verb = acting.request.verb
        if verb in REQUESTS:
            return writing(verb).act(acting)
        OUTSIDE[verb](self._world, acting)
        return None

    def _log(self, part: Part, namespace: str) -> None:
        """What kubectl prints belongs to the run."""
        for line in part.text.splitlines():
            stream = "warning" if line.startswith("Warning: ") else TAGS[part.stream]
            self._journal.append(LogLine(self._engine.now, line, "kubectl", namespace=namespace, stream=stream))

    # ---- manifests that are applied at the beginning

    def apply(self, manifest: Manifest) -> ApiError | None:
        """`kubectl apply` of an object that is there already. A refusal is printed, and returned."""
        site, key = self._site, key_of(manifest.object)
        present = site.api.store.get(key)
        acting = Acting(site, self._origin, Request("apply", manifest.file), lambda part: self._log(part, acting.namespace))
        try:
            if present is None:
                site.api.create(manifest.object, USER)
            else:
                acting.write(present, applied(to_builtins(present), site.last.get(key), manifest.raw))
            site.last[key] = manifest.raw
            self._journal.append(applied_from(self._engine.now, key, manifest, self._scenario.folder, USER))
        except ApiError as error:
            self.refuse(error, manifest)
            return error
        return None

    def refuse(self, error: ApiError, manifest: Manifest) -> None:
        """Print that the object of a manifest was refused."""
        lines = as_kubectl(error, "creating", manifest.file).splitlines()
        self.print_errors(lines)
        self._journal.append(refused(self._engine.now, manifest, lines[0], self._scenario.folder, USER))

    def print_errors(self, lines: Iterable[str]) -> None:
        """Print to kubectl's standard error."""
        for line in lines:
            self._journal.append(LogLine(self._engine.now, line, "kubectl", namespace=self._origin.namespace))


# ---- what is done to the world beside the API


def _kill(world: World, acting: Acting) -> None:
    action, reason = acting.request, acting.option("reason", "Error")
    name = action.target.partition("/")[2] or action.target
    if acting.option("sandbox"):
        world.lose_sandboxes(acting.namespace, name, acting.option("sandbox"))
        return
    code = acting.option("exitCode")
    if code is None:
        code = SIGKILL_EXIT if reason == "OOMKilled" else SIGNALS.get(str(acting.option("signal", "KILL")), SIGKILL_EXIT)
    world.kill(acting.namespace, name, acting.option("container", "*"), code, reason)


def _node(world: World, acting: Acting) -> None:
    target = acting.request.target
    if acting.option("kubelet"):
        world.kubelet(target, acting.option("kubelet"))
        return
    if acting.option("reboot"):
        change, remembers = acting.option("reboot"), acting.option("containers", "exited") == "exited"
        world.reboot(target, change if change in REBOOTS else parse_duration(change), remembers=remembers)
        return
    down, unreachable = bool(acting.option("down")), bool(acting.option("unreachable"))
    world.node(target, down=down, unreachable=unreachable)


def _image_registry(world: World, acting: Acting) -> None:
    down = acting.request.target == "down"
    world.image_registry(acting.option("image", "*"), acting.option("error", ""), down=down)


def _dns(world: World, acting: Acting) -> None:
    world.dns(acting.request.target)


def _programs(world: World, acting: Acting) -> None:
    world.programs(acting.request.target)


OUTSIDE: dict[str, Callable[[World, Acting], None]] = {
    "kill": _kill,
    "node": _node,
    "imageRegistry": _image_registry,
    "dns": _dns,
    "programs": _programs,
}
"""What the verbs do that kubectl does not have."""


def request_of(action: Action) -> Request:
    """What an action asks of kubectl."""
    return Request(action.verb, action.target, action.options, action.sources)
