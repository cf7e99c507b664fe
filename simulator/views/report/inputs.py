"""What a run was made from, in a report: the objects that were loaded and what was assumed, as one line each or in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.metrics.evidence import KNOWN, PULL, STARTUP
from simulator.metrics.story import Story
from simulator.metrics.workloads import up_since
from simulator.objects.kinds import BY_NAME, READ_AS_STORED
from simulator.objects.pod_facts import runs_to_completion
from simulator.units import MILLISECOND, tenths
from simulator.views.styled import Line, Part

MOST_PATHS = 3
MOST_ASSUMPTIONS = 4
"""At most this many assumptions that are neither times nor known are printed one by one."""
MOST_KINDS = 5


class LoadedObject(NamedTuple):
    """One object of the input: its file and line, its name, and when it was applied if not at t=0."""

    file: str
    line: int
    kind: str
    name: str
    when: str = ""


def loaded_in_short(items: Sequence[LoadedObject]) -> list[Line]:
    """`34 objects from 3 files: 12 Deployments, ...`, and the kinds that are only stored."""
    if not items:
        return []
    files = len({item.file for item in items})
    counts = Counter(item.kind for item in items)
    most = [f"{count} {_plural(kind, count)}" for kind, count in counts.most_common(MOST_KINDS)]
    more = f" and {len(counts) - MOST_KINDS} more kinds" if len(counts) > MOST_KINDS else ""
    text = f"  {len(items)} {_plural('object', len(items))} from {files} {_plural('file', files)}: {', '.join(most)}{more}"
    lines: list[Line] = [[Part(text)]]
    stored = [kind for kind in counts if kind not in READ_AS_STORED and (kind not in BY_NAME or BY_NAME[kind].struct is None)]
    if stored:
        lines.append([Part(f"  stored, not simulated: {', '.join(stored)}", "yellow")])
    return lines


def _plural(word: str, count: int) -> str:
    if count == 1:
        return word
    if word.endswith(("s", "x")):
        return word if word == "Endpoints" else f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def loaded_in_full(items: Sequence[LoadedObject]) -> list[Line]:
    """A line for each object, with its file and line."""
    places = [f"{item.file}:{item.line}" for item in items]
    widths = max(map(len, places), default=0), max((len(item.kind) for item in items), default=0)
    return [
        [
            Part(f"  {place:<{widths[0]}}  ", "dim"),
            Part(f"{item.kind:<{widths[1]}}  {item.name}"),
            Part(item.when and f"  at {item.when}", "dim"),
        ]
        for place, item in zip(places, items, strict=True)
    ]


def assumed_in_short(story: Story) -> list[Line]:
    """A line for what the catalogue knows, one for pull times, one for start-up times, and the other assumptions with their overrides."""
    assumptions = story.snapshot.header.assumptions
    lines: list[Line] = []
    known, pulled, started = ([item for item in assumptions if item.get("kind") == kind] for kind in (KNOWN, PULL, STARTUP))
    if known:
        what = f"sizes, programs and typical start-up times of {_parts(known)}"
        lines.append([Part(f"  from the catalogue: {what}{'' if pulled else _pulls(story)}")])
    if pulled:
        lines.append([Part(f"  pull times of {_parts(pulled)} of unknown size{_pulls(story)}")])
    if started:
        lines.append([Part(f"  how long the programs of {_parts(started)} take to start, and whether they end")])
    others = [item for item in assumptions if item.get("kind", "") not in (KNOWN, PULL, STARTUP)]
    for item in others[:MOST_ASSUMPTIONS]:
        lines += _assumption(item)
    left = len(others) - MOST_ASSUMPTIONS
    if left > 0:
        lines.append([Part(f"  and {left} more")])
    return [*lines, [Part("  To list and override them: podsim explain, or run -v.", "dim")]] if lines else []


def _parts(items: Iterable[dict[str, str]]) -> str:
    """`12 images and 9 containers`: what some assumptions are about."""
    counts = Counter("image" if item["subject"].startswith("image ") else "container" for item in items)
    return " and ".join(f"{counts[word]} {_plural(word, counts[word])}" for word in ("image", "container") if counts[word])


def _pulls(story: Story) -> str:
    """How much of the time until the last workload was ready its pods spent on pulls, those that they waited for included."""
    up = [(since, workload) for workload in story.workloads if (since := up_since(story, workload))]
    if not up:
        return ""
    since, last = max(up, key=lambda item: item[0])
    spans = sorted(
        (span.begin, since if span.end is None else min(span.end, since))
        for pod in last.pods
        for lane in pod.lane.containers
        for span in lane.pulls
    )
    total, covered = 0, 0
    for begin, end in spans:
        total += max(0, end - max(begin, covered))
        covered = max(covered, end)
    if total < 100 * MILLISECOND:
        return ""
    state = "done" if runs_to_completion(last.pods[0].last) else "ready"
    return f"; pulls took {tenths(total)} of the {tenths(since)} until {last.key} was {state}"


def assumed_in_full(snapshot: Snapshot) -> list[Line]:
    """Every assumption with its reason and its override."""
    lines = [line for item in snapshot.header.assumptions for line in _assumption(item)]
    if lines:
        where = "{match: ...} under spec.programs, the rest under spec"
        lines.append([Part(f"  To override one, copy its line into a Scenario ({where}), or run podsim explain.", "dim")])
    return lines


def _assumption(item: dict[str, str]) -> list[Line]:
    text, override = _shortened(item["text"], item["override"])
    return [[Part(f"  {item['subject']}: {text}"), Part(f" ({item['reason']})", "dim")], [Part(f"      {override}", "cyan")]]


def _shortened(text: str, override: str) -> tuple[str, str]:
    """The text and override of an assumption; of one about many paths, only the first paths."""
    paths = text.split(", ")
    if not override.startswith("paths: ") or len(paths) <= MOST_PATHS:
        return text, override
    return f"{', '.join(paths[:MOST_PATHS])} and {len(paths) - MOST_PATHS} more exist", "paths: see podsim explain"
