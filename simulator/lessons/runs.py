"""Runs files that are in memory: a Scenario and the manifests that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.cluster import Cluster
from simulator.dialect import Dialect
from simulator.errors import Problem, ScenarioError
from simulator.journal.journal import Journal
from simulator.lessons.model import SCENARIO_FILE
from simulator.manifest.documents import Broken, documents
from simulator.manifest.files import Source
from simulator.manifest.load import Loaded, load_sources
from simulator.manifest.places import Places
from simulator.scenario.inputs import Choices, Inputs, under
from simulator.scenario.read import read_document
from simulator.scenario.read_actions import FROM_FILES
from simulator.scenario.reader import Reader
from simulator.scenario.spec import Action, Scenario


def scenario_in(files: Mapping[str, str]) -> Scenario:
    """The Scenario among the files. Raises ScenarioError."""
    document = next(documents(files[SCENARIO_FILE]), None)
    if document is None or isinstance(document, Broken):
        line, message = (1, "empty file: expected a Scenario") if document is None else (document.line, document.message)
        raise ScenarioError([Problem(SCENARIO_FILE, line, 1, "", message)])
    reader = _MemoryReader(document.places, files)
    scenario = read_document(reader, document.value, SCENARIO_FILE)
    if reader.problems:
        raise ScenarioError(sorted(reader.problems))
    return scenario


class _MemoryReader(Reader):
    """A reader beside whose document are the files in memory."""

    def __init__(self, places: Places, files: Mapping[str, str]) -> None:
        super().__init__(SCENARIO_FILE, places)
        self._files = files

    def has_file(self, name: str) -> bool:
        """Whether a file of that name is in memory."""
        return name in self._files


def inputs_of(files: Mapping[str, str], seed: int | None = None) -> Inputs:
    """The inputs of a run of the files. Raises ScenarioError and ManifestError with every problem, also those that the API server finds."""
    scenario = scenario_in(files)
    scenario = scenario._replace(actions=tuple(_with_texts(action, files) for action in scenario.actions))
    dialect = Dialect(scenario.kubernetes)

    def read(names: Sequence[str]) -> Loaded:
        texts = [Source(name, files[name]) if name in files else Problem(name, 0, 0, "", "no such file") for name in names]
        return load_sources(texts, namespace=scenario.namespace or "default", dialect=dialect)

    inputs = Inputs(scenario, read(scenario.manifests), read(scenario.before.manifests), (SCENARIO_FILE,), 0)
    return under(inputs, scenario, Choices(seed=seed))


def _with_texts(action: Action, files: Mapping[str, str]) -> Action:
    """An action with the text of the file that it applies."""
    if action.verb not in FROM_FILES or action.target not in files:
        return action
    return action._replace(sources=(Source(action.target, files[action.target]),))


def play(files: Mapping[str, str], seed: int | None = None) -> Journal:
    """The journal of a run of the files, with the Scenario's seed or another one. Raises as `inputs_of` does."""
    return Cluster(inputs_of(files, seed)).run_to_rest()
