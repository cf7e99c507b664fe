"""The inputs of a run: its Scenario, if there is one, and its manifests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TextIO

from simulator.dialect import Dialect
from simulator.errors import ManifestError, Problem, ScenarioError, UsageError
from simulator.manifest.documents import Document, documents
from simulator.manifest.files import KUSTOMIZE, Source, moved
from simulator.manifest.load import Loaded, load, only_of
from simulator.network.traffic import Traffic
from simulator.objects.kinds import Object
from simulator.scenario.choices import AUTO, chosen_nodes, image_of, large_enough
from simulator.scenario.header import is_scenario
from simulator.scenario.read import read_scenario
from simulator.scenario.spec import Action, Scenario
from simulator.units import MINUTE, parse_time

SCENARIO_FILE = "scenario.yaml"
DEFAULT_HORIZON = 2 * MINUTE
AFTER_ACTION = 1 * MINUTE


class Choices(NamedTuple):
    """Overrides of the Scenario by the command line or a caller in Python. None: the Scenario's own value.

    `duration` in nanoseconds; `at_least`: the least duration of the run, also in nanoseconds; `actions` and `traffic` are added;
    `recursive`: directories are read with those below them; without `fail_fast`, objects that are refused do not keep the rest from
    running; with `only_namespace`, objects of other namespaces than `namespace` are refused. `images`: what nodes have of images that the
    Scenario does not describe: `cached`, or their size; `apply`: keys of `apply`.
    """

    namespace: str | None = None
    seed: int | None = None
    kubernetes: str | None = None
    duration: int | None = None
    nodes: int | str | None = None
    start_time: str | None = None
    validate: Literal["strict", "warn", "ignore"] = "strict"
    exact: bool = False
    at_least: int | None = None
    actions: tuple[Action, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    recursive: bool = False
    fail_fast: bool = True
    only_namespace: bool = False
    images: str = ""
    apply: dict[str, Any] = {}


class Inputs(NamedTuple):
    """A run's Scenario and manifests, read and checked. `before` was applied before t=0; `named` are the paths as given.

    `files`: the paths of manifests among them and in the Scenario. `namespaces`: those that commands name, which are assumed to exist.
    """

    scenario: Scenario
    loaded: Loaded
    before: Loaded
    named: tuple[str, ...]
    horizon: int
    exact: bool = False
    files: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()

    @property
    def begin(self) -> int:
        """The first instant of the run: 0, or before it when manifests were applied before."""
        return -self.scenario.before.since if self.before.manifests else 0

    @property
    def undefined_namespaces(self) -> list[str]:
        """Those that objects are in or commands name, and that no manifest creates. One that is refused is missing on purpose."""
        objects, refused = self.objects, (*self.before.refused, *self.loaded.refused)
        defined = {item.name for item in refused if item.kind == "Namespace"}
        defined |= {item.metadata.name for item in objects if item.kind == "Namespace"}
        used = dict.fromkeys([self.scenario.namespace, *(item.metadata.namespace for item in objects), *self.namespaces])
        return [name for name in used if name and name not in defined]

    @property
    def objects(self) -> list[Object]:
        """The objects of all manifests."""
        return [manifest.object for manifest in (*self.before.manifests, *self.loaded.manifests)]

    @property
    def warnings(self) -> list[Problem]:
        """Warnings about all manifests."""
        return [*self.before.warnings, *self.loaded.warnings]

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong with objects that are not applied."""
        return [*self.before.problems, *self.loaded.problems]


def gather(paths: Sequence[str], choices: Choices = Choices(), stdin: TextIO | None = None) -> Inputs:  # noqa: B008 (a frozen value)
    """Read all `paths`: manifests, directories, `-`, a Scenario or a folder with one.

    Raises ManifestError, ScenarioError or UsageError; also when the API server would refuse every object.
    """
    scenario, manifests = Scenario(), list(paths)
    scenarios = [(path, file) for path in paths if (file := scenario_file(path)) is not None]
    if len(scenarios) > 1:
        raise UsageError(f"more than one Scenario: {', '.join(file for _, file in scenarios)}")
    if scenarios:
        path, file = scenarios[0]
        scenario = read_scenario(file)
        manifests = [*_beside(scenario, scenario.manifests), *(other for other in paths if other != path)]
    scenario = _chosen(scenario, choices)
    if not (manifests or scenario.before.manifests or scenario.actions):
        raise UsageError("nothing to run: name a manifest, a directory, a Scenario, or - for standard input")
    dialect = Dialect(scenario.kubernetes)

    def read(files: Sequence[str]) -> Loaded:
        namespace = scenario.namespace or "default"
        return load(
            files,
            namespace=namespace,
            validate=choices.validate,
            stdin=stdin,
            dialect=dialect,
            recursive=choices.recursive,
            fail_fast=choices.fail_fast,
        )

    before, loaded = read(_beside(scenario, scenario.before.manifests)), read(manifests)
    if choices.only_namespace and scenario.namespace:
        before, loaded = only_of(before, scenario.namespace), only_of(loaded, scenario.namespace)
        if choices.fail_fast and (problems := [*before.problems, *loaded.problems]):
            raise ManifestError(problems)
    if not (before.manifests or loaded.manifests) and (problems := [*before.problems, *loaded.problems]):
        raise ManifestError(problems)
    if not (before.manifests or loaded.manifests or scenario.actions):
        # An empty rendering must not look like a successful start-up.
        reasons = [f": {warning.message}" for warning in (*before.warnings, *loaded.warnings)]
        raise UsageError(f"no objects in {', '.join(manifests)}{reasons[0] if reasons else ''}")
    if choices.nodes == AUTO:
        objects = [manifest.object for manifest in (*before.manifests, *loaded.manifests)]
        scenario = scenario._replace(nodes=large_enough(scenario.nodes[0], objects))
    # The next reading of these paths does not recurse.
    files = [source.name for source in loaded.sources] if choices.recursive else manifests
    return Inputs(scenario, loaded, before, tuple(paths), _horizon(scenario, choices), choices.exact, tuple(files))


def settled(inputs: Inputs) -> Inputs:
    """The same inputs with the files of actions read, so that a replay does not depend on them."""
    if not inputs.scenario.actions:
        return inputs
    from simulator.kubectl.request import Request
    from simulator.kubectl.write.documents import files_of
    from simulator.scenario.read_actions import FROM_FILES

    def read(action: Action) -> Action:
        if action.verb not in FROM_FILES or action.sources or {"with", "from"} & action.options.keys():
            return action
        request = Request(action.verb, action.target, action.options)
        texts = (text for text in files_of(request, inputs.scenario.folder) if isinstance(text, Source))
        return action._replace(sources=tuple(texts))

    actions = tuple(read(action) for action in inputs.scenario.actions)
    return inputs._replace(scenario=inputs.scenario._replace(actions=actions))


def under(inputs: Inputs, scenario: Scenario, choices: Choices) -> Inputs:
    """The same manifests with another Scenario, overridden by the choices as in `gather`. Raises UsageError."""
    chosen = _chosen(scenario, choices)
    return inputs._replace(scenario=chosen, horizon=_horizon(chosen, choices))


def _horizon(scenario: Scenario, choices: Choices) -> int:
    """The duration of the run: the given one, else two minutes, or more for the last action (and a minute) and the last expectation."""
    duration = scenario.duration
    if duration is None:
        ends = [*(action.at + AFTER_ACTION for action in scenario.actions), *(item.latest for item in scenario.expect)]
        duration = max(DEFAULT_HORIZON, *ends, 0)
    return max(duration, choices.at_least or 0)


def _beside(scenario: Scenario, names: Sequence[str]) -> list[str]:
    """Files that a Scenario names, relative to it. Raises ScenarioError when one is missing."""
    files = [name if name == "-" else moved(name, lambda part: str(Path(scenario.folder, part))) for name in names]
    missing = [name for name in files if name != "-" and not Path(name.removeprefix(KUSTOMIZE)).exists()]
    if missing:
        raise ScenarioError([Problem(scenario.file, 0, 0, "spec.manifests", f"no such file: {name}") for name in missing])
    return files


def scenario_file(path: str) -> str | None:
    """The Scenario of a path: the file itself, or scenario.yaml in the folder; None for manifests."""
    if path == "-":
        return None
    place = Path(path)
    if place.is_dir():
        inner = place / SCENARIO_FILE
        return str(inner) if inner.is_file() else None
    if place.suffix not in (".yaml", ".yml", ".json") or not place.is_file():
        return None
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if "podsim/" not in text:
        return None
    first = next(documents(text), None)
    return path if isinstance(first, Document) and is_scenario(first.value) else None


def _chosen(scenario: Scenario, choices: Choices) -> Scenario:
    changes = {
        name: value
        for name in ("namespace", "seed", "kubernetes", "duration", "start_time")
        if (value := getattr(choices, name)) is not None
    }
    actions = sorted((*scenario.actions, *choices.actions), key=lambda action: action.at)
    scenario = scenario._replace(**changes, actions=tuple(actions), traffic=(*scenario.traffic, *choices.traffic))
    if choices.kubernetes is not None:
        Dialect(choices.kubernetes)
    try:
        parse_time(scenario.start_time)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if choices.apply:
        from simulator.scenario.read_apply import merged

        scenario = scenario._replace(apply=merged(scenario.apply, choices.apply))
    if choices.images:
        scenario = scenario._replace(images={**scenario.images, "*": image_of(choices.images)})
    if choices.nodes is None or choices.nodes == AUTO:
        return scenario
    return scenario._replace(nodes=chosen_nodes(scenario.nodes[0], str(choices.nodes)))
