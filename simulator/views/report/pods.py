"""The pods at the end of a run, as `kubectl get pods -A` prints them; pods of a workload that read the same are one row of a long table."""

from __future__ import annotations

from simulator.golang.tabwriter import TableWriter
from simulator.kubectl.print.tables import table_for
from simulator.kubectl.resolve import listed
from simulator.kubectl.view import View
from simulator.metrics.story import Story
from simulator.objects.kinds import BY_NAME, Key, key_of
from simulator.views.styled import Line, Part

HEADING = ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE"]
MOST_PODS = 12
"""A table with more rows is folded."""


def pod_table(story: Story) -> list[Line]:
    """The table, with its heading; one line when there are no pods."""
    view, table = View(story.snapshot), table_for("Pod")
    pods = listed(BY_NAME["Pod"], None, story.snapshot)
    if not pods:
        return [[Part("  No resources found")]]
    rows = [[pod.metadata.namespace, *table.row(pod, view)[: len(HEADING) - 1]] for pod in pods]
    if len(rows) > MOST_PODS:
        owners = {pod.key: pod.workload for pod in story.pods}
        rows = _folded(rows, [owners[key_of(pod)] for pod in pods])
    return [[Part(f"  {line}")] for line in TableWriter().table([HEADING, *rows]).splitlines()]


def _folded(rows: list[list[str]], owners: list[Key]) -> list[list[str]]:
    """Rows of one owner with equal READY, STATUS and number of restarts as one, named after the owner."""
    groups: dict[tuple[Key, str, str, str], list[list[str]]] = {}
    for cells, owner in zip(rows, owners, strict=True):
        _, _, ready, status, restarts, _ = cells
        groups.setdefault((owner, ready, status, restarts.split()[0]), []).append(cells)
    folded = []
    for (owner, *_), same in groups.items():
        namespace, _, *others = same[0]
        folded.append(same[0] if len(same) == 1 else [namespace, f"{owner} ({len(same)} pods)", *others])
    return folded
