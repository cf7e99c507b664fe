"""Runs from Python: `simulator.run` and `simulator.load`, and what a finished run shows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Literal, TextIO, Unpack

from simulator.errors import UsageError
from simulator.garbage import RARELY
from simulator.journal.journal import Journal
from simulator.journal.saved import load as load_journal
from simulator.objects.event import Event
from simulator.public.options import Paths, RunOptions, check_names, choices, path_list
from simulator.public.pictures import Graph, Picture
from simulator.public.point_in_time import Moment, PodAt
from simulator.public.text import Text
from simulator.public.times import When, nanoseconds
from simulator.units import short_duration
from simulator.views.styled import plain
from simulator.views.timeline.text import draw
from simulator.whole_files import write_whole

__all__ = ["Graph", "Moment", "Picture", "PodAt", "Run", "Text", "When", "load", "run"]


def run(paths: Paths, *, stdin: TextIO | None = None, **options: Unpack[RunOptions]) -> Run:
    """Run manifests, directories, `-` (`stdin`) or a Scenario, as `podsim run` does.

    Args:
        paths: One path or several.
        stdin: What `-` reads.
        **options: `namespace`, `seed`, `kubernetes`, `nodes`, `start_time`, `exact`, `duration`, `validate`, `recursive`,
            `fail_fast`: see `RunOptions`.

    Raises:
        ManifestError, ScenarioError, UsageError: With every problem in the input; with `fail_fast=False` only when nothing can run.
    """
    from simulator.cluster import Cluster
    from simulator.scenario.inputs import gather

    check_names(options, RunOptions.__optional_keys__)
    inputs = gather(path_list(paths), choices(options), stdin)
    warnings, refused = ([str(problem) for problem in problems] for problems in (inputs.warnings, inputs.problems))
    return Run(Cluster(inputs).run_to_rest(), warnings, refused)


def load(file: str | Path) -> Run:
    """A run that was saved with `save` or `podsim run --save`. Raises JournalError."""
    with Path(file).open("rb") as content:
        return Run(load_journal(content, str(file)))


class Run:
    """A finished run. `journal` has every record of it; `warnings`: what kubectl would warn about the manifests.

    `refused`: what is wrong with objects that were left out, with their places; empty unless `fail_fast=False`.
    """

    def __init__(self, journal: Journal, warnings: Sequence[str] = (), refused: Sequence[str] = ()) -> None:
        self.journal = journal
        self.warnings = tuple(warnings)
        self.refused = tuple(refused)

    @property
    def assumptions(self) -> list[dict[str, str]]:
        """What was assumed about containers that no program describes: subject, text, reason, override."""
        return self.journal.header.assumptions

    def at(self, when: When = None) -> Moment:
        """The cluster at a point in time. Raises UsageError for one after the end of the run."""
        t = nanoseconds(when)
        if t is not None and t > self.journal.end:
            raise UsageError(f"the run ended at {short_duration(self.journal.end)}")
        return Moment(self.journal.at(t))

    def events(self, namespace: str | None = None) -> list[Event]:
        """All Events at the end of the run; only those of `namespace` when it is given."""
        return self.at().snapshot.typed(Event, namespace)

    @RARELY
    def timeline(self, width: int = 100) -> Text:
        """Containers as bars on a time axis, with probes, readiness and Services."""
        return Text(plain(draw(self.journal.at(), width)))

    @RARELY
    def why(self, *about: str, at: When = None, namespace: str | None = None) -> Text:
        """Why objects (`pod/web-*`, `deploy/web`; none: pods that are not ready) are in their state at that time, as a tree of causes.

        Raises UsageError when there is no such object.
        """
        from simulator.views.why.lines import lines
        from simulator.views.why.question import explain, explain_unready, targets

        snapshot = self.at(at).snapshot
        trees = explain(snapshot, targets(snapshot, about, namespace)) if about else explain_unready(snapshot, namespace)
        return Text(plain([line for tree in trees for line in lines(tree)]))

    @RARELY
    def story(self, *about: str, at: When = None, namespace: str | None = None, only: Sequence[str] = (), everything: bool = False) -> Text:
        """What happened to objects and what they control (none: to all) up to a point in time, one line each, as `podsim story` prints it.

        `only`: these kinds of entries (`probe`, `exit`, ...); `everything`: details as well. Raises UsageError when no such object ever
        existed.
        """
        from simulator.views.story.collect import Choice, story
        from simulator.views.story.lines import lines
        from simulator.views.why.question import targets

        snapshot = self.at(at).snapshot
        keys = targets(snapshot, about, namespace, ever=True) if about else None
        return Text(plain(lines(story(snapshot, keys, Choice(only=tuple(only), everything=everything)), snapshot)))

    @RARELY
    def graph(self, namespace: str | None = None) -> Graph:
        """Dependencies, the critical path until everything is ready, and what never gets ready."""
        from simulator.views.graph.build import dependencies

        return Graph(dependencies(self.journal.at(), namespace))

    def plot(
        self, deployment: str = "", *, until: When = None, namespace: str | None = None, theme: Literal["light", "dark"] = "light"
    ) -> Picture:
        """A picture of the timeline, or of a Deployment's rollout. Raises UsageError when there is no such Deployment."""
        snapshot, end = self.journal.at(), nanoseconds(until)
        rollout_namespace = namespace or self.journal.header.namespace or "default"

        def draw_into(file: Path) -> None:
            from simulator.views.timeline.picture import draw_picture
            from simulator.views.timeline.rollout import draw_rollout

            if deployment:
                draw_rollout(snapshot, file, deployment.rpartition("/")[2], rollout_namespace, until=end, look=theme)
            else:
                draw_picture(snapshot, file, end=end, namespace=namespace, look=theme)

        return Picture(f"rollout of {deployment}" if deployment else "timeline", draw_into)

    def traffic(self, service: str = "", namespace: str | None = None) -> Text:
        """What clients of Services got, by second; empty when the Scenario has no `traffic`."""
        from simulator.views.traffic import as_text, traffic

        return Text(plain(as_text(traffic(self.journal.at(), service, namespace))))

    def save(self, file: str | Path) -> None:
        """Save the journal, for `load` and `podsim ... --from FILE`."""
        write_whole(file, self.journal.saved())

    def __repr__(self) -> str:
        header, pods = self.journal.header, len(self.at().pods())
        name = f"{header.scenario}: " if header.scenario else ""
        length = short_duration(self.journal.end)
        return f"<Run {name}{length}, {pods} pods at the end, Kubernetes {header.kubernetes}, seed {header.seed}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.timeline()._repr_html_()}{self.at()._repr_html_()}"
