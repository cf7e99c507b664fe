"""podsim from Python: play manifests, look at any instant, list events, keep the journal. Everything shows itself well in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, TextIO

from simulator.errors import UsageError
from simulator.journal.journal import Journal
from simulator.journal.lines import dump
from simulator.journal.lines import load as load_lines
from simulator.objects.event import Event
from simulator.public.moment import Moment, PodAt, Text, When, nanoseconds
from simulator.scenario.inputs import Choices
from simulator.units import short_duration
from simulator.views.styled import plain
from simulator.views.timeline_text import draw

if TYPE_CHECKING:
    from simulator.views.graph.model import Dependencies

__all__ = ["Graph", "Moment", "Picture", "PodAt", "Run", "Text", "When", "load", "run"]


def run(
    paths: str | Path | Sequence[str | Path],
    *,
    namespace: str | None = None,
    seed: int | None = None,
    kubernetes: str | None = None,
    duration: When = None,
    nodes: int | str | None = None,
    start_time: str | None = None,
    validate: Literal["strict", "warn", "ignore"] = "strict",
    exact: bool = False,
    stdin: TextIO | None = None,
) -> Run:
    """Play manifests, directories, `-` or a Scenario, as `podsim run` does; what is given here goes before what the Scenario says.

    Raises ManifestError, ScenarioError or UsageError with every problem found.
    """
    from simulator.cluster import Cluster
    from simulator.scenario.inputs import gather

    given = [paths] if isinstance(paths, str | Path) else list(paths)
    choices = Choices(namespace, seed, kubernetes, nanoseconds(duration), nodes, start_time, validate, exact)
    inputs = gather([str(path) for path in given], choices, stdin)
    return Run(Cluster(inputs).run(), [str(warning) for warning in inputs.warnings])


def load(file: str | Path) -> Run:
    """A run that was saved with `save` or `podsim run --save`. Raises JournalError."""
    with Path(file).open("rb") as lines:
        return Run(load_lines(lines, str(file)))


class Run:
    """A finished run. `journal` has all of it, `warnings` what was said about the manifests."""

    def __init__(self, journal: Journal, warnings: Sequence[str] = ()) -> None:
        self.journal = journal
        self.warnings = tuple(warnings)

    @property
    def assumptions(self) -> list[dict[str, str]]:
        """What was assumed of containers nobody described: subject, text, reason, override."""
        return self.journal.header.assumptions

    def at(self, when: When = None) -> Moment:
        """The cluster at an instant. Raises UsageError when the run was over by then."""
        t = nanoseconds(when)
        if t is not None and t > self.journal.end:
            raise UsageError(f"the run ended at {short_duration(self.journal.end)}")
        return Moment(self.journal.at(t))

    def events(self, namespace: str | None = None) -> list[Event]:
        """All events at the end; of one namespace when it is given."""
        return self.at().snapshot.typed(Event, namespace)

    def timeline(self, width: int = 100) -> Text:
        """Containers as bars on a time axis, with probes, readiness and Services."""
        return Text(plain(draw(self.journal.at(), width)))

    def why(self, *about: str, at: When = None, namespace: str | None = None) -> Text:
        """Why objects (`pod/web-*`, `deploy/web`; none: pods that are not ready) are as they are at an instant, as a tree of causes.

        Raises UsageError when there is no such object.
        """
        from simulator.views.why.lines import lines
        from simulator.views.why.question import explain, explain_unready, targets

        snapshot = self.at(at).snapshot
        trees = explain(snapshot, targets(snapshot, about, namespace)) if about else explain_unready(snapshot, namespace)
        return Text(plain([line for tree in trees for line in lines(tree)]))

    def story(self, *about: str, at: When = None, namespace: str | None = None, only: Sequence[str] = (), everything: bool = False) -> Text:
        """What happened up to an instant to objects and what they control (none: to all), one line each, as `podsim story` tells it.

        `only`: these things (`probe`, `exit`, ...); `everything`: details, too. Raises UsageError when there never was such an object.
        """
        from simulator.views.story.collect import Choice, story
        from simulator.views.story.lines import lines
        from simulator.views.why.question import targets

        snapshot = self.at(at).snapshot
        keys = targets(snapshot, about, namespace, ever=True) if about else None
        return Text(plain(lines(story(snapshot, keys, Choice(only=tuple(only), everything=everything)), snapshot)))

    def graph(self, namespace: str | None = None) -> Graph:
        """Who waits for whom, the critical path to everything ready, and who is never ready."""
        from simulator.views.graph.build import dependencies

        return Graph(dependencies(self.journal.at(), namespace))

    def plot(
        self, deployment: str = "", *, until: When = None, namespace: str | None = None, theme: Literal["light", "dark"] = "light"
    ) -> Picture:
        """A picture of the timeline, or of a Deployment's roll-out. Raises UsageError when there is no such Deployment."""
        snapshot, end = self.journal.at(), nanoseconds(until)
        where = namespace or self.journal.header.namespace or "default"

        def draw_into(file: Path) -> None:
            from simulator.views.rollout_picture import draw_rollout
            from simulator.views.timeline_picture import draw_picture

            if deployment:
                draw_rollout(snapshot, file, deployment.rpartition("/")[2], where, until=end, look=theme)
            else:
                draw_picture(snapshot, file, end=end, namespace=namespace, look=theme)

        return Picture(f"roll-out of {deployment}" if deployment else "timeline", draw_into)

    def traffic(self, service: str = "", namespace: str | None = None) -> Text:
        """What clients of Services saw, by second; empty when the Scenario has no `traffic`."""
        from simulator.views.traffic import as_text, traffic

        return Text(plain(as_text(traffic(self.journal.at(), service, namespace))))

    def save(self, file: str | Path) -> None:
        """Keep the journal, to be read by `load` or `podsim ... --from FILE`."""
        Path(file).write_text("".join(f"{line}\n" for line in dump(self.journal)), encoding="utf-8")

    def __repr__(self) -> str:
        header, pods = self.journal.header, len(self.at().pods())
        name = f"{header.scenario}: " if header.scenario else ""
        length = short_duration(self.journal.end)
        return f"<Run {name}{length}, {pods} pods at the end, Kubernetes {header.kubernetes}, seed {header.seed}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.timeline()._repr_html_()}{self.at()._repr_html_()}"


class Picture:
    """Something that is drawn: it shows itself in a notebook, and can be saved."""

    def __init__(self, title: str, draw_into: Callable[[Path], None]) -> None:
        self.title = title
        self._draw_into = draw_into

    def save(self, file: str | Path) -> None:
        """Into a file whose name ends with .png, .svg or .pdf."""
        self._draw_into(Path(file))

    def __repr__(self) -> str:
        return f"<Picture: {self.title}>"

    def _repr_svg_(self) -> str:
        with TemporaryDirectory() as folder:
            file = Path(folder, "picture.svg")
            self._draw_into(file)
            return file.read_text("utf-8")


class Graph:
    """Who waits for whom in a run; `dependencies` has it as data. Shows itself as text, and in a notebook as a picture with the text."""

    def __init__(self, dependencies: Dependencies) -> None:
        self.dependencies = dependencies

    def save(self, file: str | Path, theme: str = "light") -> None:
        """Draw it into a file whose name ends with .png, .svg or .pdf."""
        from simulator.views.graph.picture import save

        save(self.dependencies, file, theme)

    def __repr__(self) -> str:
        from simulator.views.graph.text import lines

        return plain(lines(self.dependencies)).rstrip("\n")

    def _repr_html_(self) -> str:
        from simulator.views.graph.picture import svg

        return f"{svg(self.dependencies)}{Text(repr(self))._repr_html_()}"
