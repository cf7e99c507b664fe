"""The pytest plugin: collects `*.podsim.yaml`, offers the fixtures `cluster`, `podsim_cluster` and `podsim_server`, and explains failures.

pytest imports this module in every session of an environment that has podsim: expensive imports happen on first use.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from simulator.expectations.verdict import Verdict
    from simulator.public.simulated_cluster import SimulatedCluster
    from simulator.testing.served import PodsimServer
    from simulator.testing.task import Result

SUFFIXES = (".podsim.yaml", ".podsim.yml")
MARKER = (
    "podsim(*paths, scenario=None, namespace=None, seed=None, kubernetes=None, nodes=None, start_time=None, exact=False, clock='auto'): "
    "inputs and options of the simulated cluster in the fixtures `cluster`, `podsim_cluster` and `podsim_server`"
)
JOURNAL = "cluster.journal"
CLOCK = "clock"
"""The option of the marker that is the server's, not the cluster's."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """All options begin with podsim, so that they do not clash with those of other plugins."""
    group = parser.getgroup("podsim", "podsim: simulated Kubernetes clusters")
    group.addoption("--podsim-seeds", type=int, default=1, metavar="N", help="check *.podsim.yaml with each of N seeds")
    group.addoption("--podsim-strict", action="store_true", help="fail expectations in *.podsim.yaml that rest on assumptions")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


# ---- files of expectations


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PodsimFile | None:
    """`*.podsim.yaml` files are tests."""
    return PodsimFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIXES) else None


class PodsimFile(pytest.File):
    """A Scenario or Expectations, run once, for the first of its expectations."""

    _result: Result | None = None

    def collect(self) -> Iterable[ExpectationItem]:
        """An item for each expectation, and one for the golden journal beside the file, if there is one."""
        from simulator.errors import SimulatorError
        from simulator.expectations.evaluate import check_names
        from simulator.scenario.read import read_scenario
        from simulator.testing.golden.place import golden_beside

        try:
            scenario = read_scenario(self.name_here)
            check_names(scenario.expect)
        except SimulatorError as error:
            raise self.CollectError(str(error)) from error
        texts = [(item.text, item.line) for item in scenario.expect]
        golden = golden_beside(self.name_here)
        if golden.is_file():
            texts.append((f"golden journal {golden.name}", 0))
        if not texts:
            raise self.CollectError(f"{self.name_here}: no expectations: add `expect` or a golden journal")
        for number, (text, line) in enumerate(texts):
            yield ExpectationItem.from_parent(self, name=text, number=number, line=line)

    @property
    def name_here(self) -> str:
        """The path relative to the current folder, where users will type the printed commands."""
        here = Path.cwd()
        return str(self.path.relative_to(here)) if self.path.is_relative_to(here) else str(self.path)

    def verdict(self, number: int) -> Verdict:
        """The verdict on an expectation. Raises what keeps the file from running."""
        from simulator.errors import InputError
        from simulator.testing.task import Task, perform

        if self._result is None:
            seeds = self.config.getoption("podsim_seeds")
            strict = self.config.getoption("podsim_strict")
            self._result = perform(Task(self.name_here, seeds=seeds, several=seeds > 1, strict=strict))
        if self._result.error:
            raise InputError(self._result.error)
        return self._result.verdicts[number]


class BrokenExpectation(Exception):
    """An expectation that does not hold; the verdict explains it."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(verdict.text)


class ExpectationItem(pytest.Item):
    """One expectation of a file."""

    def __init__(self, *, number: int, line: int, **rest: Any) -> None:
        super().__init__(**rest)
        self._number = number
        self._line = line

    def runtest(self) -> None:
        """Run the file, unless that has been done, and check the verdict."""
        assert isinstance(self.parent, PodsimFile)
        verdict = self.parent.verdict(self._number)
        if not verdict.holds:
            raise BrokenExpectation(verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The explanation instead of a traceback."""
        from simulator.errors import InputError

        if isinstance(excinfo.value, BrokenExpectation):
            verdict = excinfo.value.verdict
            return "\n".join([f"{verdict.text}  ({verdict.place})", *(f"    {line}" for line in verdict.lines())])
        return str(excinfo.value) if isinstance(excinfo.value, InputError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it is written."""
        return self.path, self._line - 1 if self._line else None, self.name


# ---- fixtures


CLUSTER = pytest.StashKey["SimulatedCluster"]()


@pytest.fixture
def podsim_cluster(request: pytest.FixtureRequest) -> SimulatedCluster:
    """A simulated cluster, empty by default; `@pytest.mark.podsim(...)` sets it up. File names are relative to the test's folder."""
    from simulator.public.simulated_cluster import SimulatedCluster

    paths, options = _marked(request)
    options.pop(CLOCK, None)
    cluster = SimulatedCluster(*paths, **{"folder": request.path.parent, **options})
    request.node.stash[CLUSTER] = cluster
    return cluster


@pytest.fixture
def cluster(podsim_cluster: SimulatedCluster) -> SimulatedCluster:
    """The same as `podsim_cluster`, for projects without a fixture of that name."""
    return podsim_cluster


@pytest.fixture
def podsim_server(podsim_cluster: SimulatedCluster, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PodsimServer]:
    """The Kubernetes API over `podsim_cluster`: a kubeconfig file for clients, the cluster, and its clock. Needs `podsim[serve]`."""
    from simulator.testing.served import served

    with served(podsim_cluster, str(_marked(request)[1].get(CLOCK, "auto")), tmp_path / "kubeconfig") as server:
        yield server


def _marked(request: pytest.FixtureRequest) -> tuple[list[str], dict[str, Any]]:
    """The inputs and options of a test's markers; the nearest one counts."""
    marks = list(request.node.iter_markers("podsim"))
    options: dict[str, Any] = {}
    for mark in reversed(marks):
        options.update(mark.kwargs)
    return [path for mark in reversed(marks) for path in mark.args], options


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test reports the state of its cluster, and where its journal was saved."""
    report = yield
    if report.when == "call" and report.failed:
        cluster = item.stash.get(CLUSTER, None)
        if cluster is not None:
            report.sections.append(("podsim", _explained(item, cluster)))
    return report


def _explained(item: pytest.Item, cluster: SimulatedCluster) -> str:
    """The state of the cluster when the test failed."""
    from simulator.errors import SimulatorError
    from simulator.public.failure_report import failure_report

    try:
        return failure_report(cluster, _kept(item, cluster))
    except (SimulatorError, OSError) as error:
        return f"the state of the cluster is unavailable: {error}"


def _kept(item: pytest.Item, cluster: SimulatedCluster) -> str:
    """Save the journal in pytest's folder for temporary files; returns its path, empty when there is no such folder."""
    factory = getattr(item.config, "_tmp_path_factory", None)
    if factory is None:
        return ""
    folder: Path = factory.mktemp("podsim")
    return cluster.save(folder / JOURNAL)
