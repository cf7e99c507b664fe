"""Does to the simulated cluster what a Scenario's actions say, as kubectl would: reads an object, changes it, writes it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby

from simulator.api import ApiError, ApiServer
from simulator.api.admission_refusal import as_kubectl
from simulator.api.apply import applied
from simulator.engine import Engine, Order, Process
from simulator.errors import SimulatorError
from simulator.journal.records import LogLine
from simulator.manifest.load import Manifest
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, key_of, to_builtins
from simulator.scenario.drain import drain
from simulator.scenario.spec import Action, Scenario
from simulator.scenario.told import acted
from simulator.scenario.told import applied as applied_from
from simulator.scenario.verbs import changing, files, making, marks, pod_specs, rollouts, running
from simulator.scenario.verbs.acting import RULE, Acting, Answer, Site, World
from simulator.scenario.verbs.complaint import Complaint

SIGNALS = {"KILL": 137, "TERM": 143, "INT": 130, "HUP": 129, "SEGV": 139, "ABRT": 134}
"""Exit codes of containers that a signal ends."""
Verb = Callable[[Acting], Process[None] | None]


class Actor:
    """Plays the actions of one Scenario. `last` is what was applied last, by object.

    `answers`: what kubectl printed, by the actions' paths.
    """

    def __init__(self, engine: Engine, api: ApiServer, scenario: Scenario, world: World, last: dict[Key, JSON]) -> None:
        self._engine = engine
        self._scenario = scenario
        self._site = Site(engine, api, world, last, scenario.folder, scenario.namespace or "default")
        self._journal = api.store.journal
        self.answers: dict[str, Answer] = {}

    def start(self) -> None:
        """Have every action happen at its time, before anything else of that instant."""
        for at, actions in groupby(self._scenario.actions, key=lambda action: action.at):
            self._engine.call_at(at, partial(self._in_order, list(actions)), Order.WORLD)

    def _in_order(self, actions: list[Action]) -> None:
        """Those of one instant one after the other, as a user does them who types fast: the next one when the first has begun its work."""
        self.act(actions[0])
        if len(actions) > 1:
            self._engine.call_at(self._engine.now, partial(self._in_order, actions[1:]), Order.WORLD)

    def act(self, action: Action) -> None:
        """Do it now. What the API server refuses is printed as kubectl prints it."""
        acting = Acting(self._site, action)
        self.answers[action.path] = acting.answer
        self._journal.append(acted(self._engine.now, action, acting.namespace, self._scenario.file, RULE))
        process = self._guarded(acting, lambda: VERBS[action.verb](acting))
        if process is None:
            acting.finish()
        else:
            self._engine.start(self._followed(acting, process))

    def _guarded(self, acting: Acting, step: Callable[[], Process[None] | None]) -> Process[None] | None:
        try:
            return step()
        except (ApiError, Complaint) as error:
            acting.troubles.append(error)
        except SimulatorError as error:
            acting.troubles.append(Complaint(str(error)))
        return None

    def _followed(self, acting: Acting, process: Process[None]) -> Process[None]:
        """A command that takes its time, to its end."""
        try:
            yield from process
        except (ApiError, Complaint) as error:
            acting.troubles.append(error)
        acting.finish()

    # ---- manifests that are applied at the beginning

    def apply(self, manifest: Manifest, file: str) -> None:
        """`kubectl apply` of an object that is there already. A refusal is printed."""
        site, key = self._site, key_of(manifest.object)
        present = site.api.store.get(key)
        acting = Acting(site, Action(self._engine.now, "apply", file, {}, ""))
        try:
            if present is None:
                site.api.create(manifest.object, RULE)
            else:
                acting.write(present, applied(to_builtins(present), site.last.get(key), manifest.raw))
            site.last[key] = manifest.raw
            self._journal.append(applied_from(self._engine.now, key, manifest, self._scenario.folder, RULE))
        except ApiError as error:
            self.refuse(error, file)

    def refuse(self, error: ApiError, file: str) -> None:
        """Print that an object of a file was refused."""
        for line in as_kubectl(error, "creating", file).splitlines():
            self._journal.append(LogLine(self._engine.now, line, "kubectl", namespace=self._site.namespace))


# ---- what is done to the world beside the API


def _kill(acting: Acting) -> None:
    action, reason = acting.action, acting.option("reason", "Error")
    name = action.target.partition("/")[2] or action.target
    code = acting.option("exitCode")
    if code is None:
        code = 137 if reason == "OOMKilled" else SIGNALS.get(str(acting.option("signal", "KILL")), 137)
    acting.site.world.kill(acting.namespace, name, acting.option("container", "*"), code, reason)


def _node(acting: Acting) -> None:
    down, unreachable = bool(acting.option("down")), bool(acting.option("unreachable"))
    acting.site.world.node(acting.action.target, down=down, unreachable=unreachable)


def _image_registry(acting: Acting) -> None:
    down = acting.action.target == "down"
    acting.site.world.image_registry(acting.option("image", "*"), acting.option("error", ""), down=down)


def _dns(acting: Acting) -> None:
    acting.site.world.dns(down=acting.action.target == "down")


def _programs(acting: Acting) -> None:
    acting.site.world.programs(acting.action.target)


VERBS: dict[str, Verb] = {
    "apply": files.apply,
    "create": making.create,
    "replace": files.replace,
    "expose": making.expose,
    "autoscale": making.autoscale,
    "patch": changing.patch,
    "scale": changing.scale,
    "setImage": pod_specs.set_image,
    "setResources": pod_specs.set_resources,
    "setEnv": pod_specs.set_env,
    "rolloutPause": rollouts.pause,
    "rolloutResume": rollouts.resume,
    "rolloutRestart": rollouts.restart,
    "rolloutUndo": rollouts.undo,
    "delete": changing.delete,
    "label": marks.label,
    "annotate": marks.annotate,
    "taint": marks.taint,
    "cordon": changing.cordon,
    "uncordon": changing.uncordon,
    "drain": drain,
    "exec": running.execute,
    "kill": _kill,
    "node": _node,
    "imageRegistry": _image_registry,
    "dns": _dns,
    "programs": _programs,
}
"""What each verb of `read_actions.VERBS` does."""
