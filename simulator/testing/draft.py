"""A first file of expectations: what is true of a run, each with a comment that says why it is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from simulator.expectations.evaluate import evaluate
from simulator.journal.snapshot import Snapshot
from simulator.manifest.documents import Document, documents
from simulator.metrics.story import Story, WorkloadStory
from simulator.metrics.workloads import up_since
from simulator.objects.kinds import Key
from simulator.objects.pod_facts import runs_to_completion
from simulator.scenario.read_expect import read_expectations
from simulator.scenario.reader import Reader
from simulator.scenario.write import flow
from simulator.units import SECOND, short_duration, tenths
from simulator.views.graph.build import dependencies
from simulator.views.why.question import explain

MOST_ORDERS = 8
COMMENT_WIDTH = 110


class Draft(NamedTuple):
    """Expectations, each as YAML in one line, and the sentence above them. Without expectations, only the sentence."""

    comment: str
    expectations: tuple[str, ...] = ()


class About(NamedTuple):
    """What the file is about: its name, and the `scenario`, or the `manifests` and the settings of their run."""

    name: str
    scenario: str = ""
    manifests: Sequence[str] = ()
    namespace: str | None = None
    kubernetes: str = ""


def draft(snapshot: Snapshot, about: About) -> str:
    """The file as YAML. `podsim test` passes on it as long as nothing changes."""
    story = Story(snapshot)
    drafts = _true(snapshot, [*_workloads(story), *_orders(snapshot), *_services(story)])
    if not any(one.expectations for one in drafts):
        drafts += [
            Draft("It is not ready at the end; replace this once it is fixed.", (_not_at_end(name, story.end),)) for name in _down(story)
        ]
    settings = _settings(about)
    lines = [
        f"# The current behaviour of {about.scenario or ', '.join(about.manifests)}. Keep what you intend, and change the rest.",
        "apiVersion: podsim/v1",
        "kind: Expectations",
        f"metadata: {flow({'name': about.name})}",
        "spec:",
        *(f"  {key}: {flow(value)}" for key, value in settings.items()),
        "  expect:",
    ]
    for one in drafts:
        lines += [f"    # {line}" for line in _wrapped(one.comment)]
        lines += [f"    - {expectation}" for expectation in one.expectations]
    return "\n".join(lines) + "\n"


def count(text: str) -> int:
    """The number of expectations in such a file."""
    return sum(line.startswith("    - ") for line in text.splitlines())


def _true(snapshot: Snapshot, drafts: list[Draft]) -> list[Draft]:
    """The drafts without expectations that the run does not meet."""
    written = [one for draft in drafts for one in draft.expectations]
    document = next(documents("".join(f"- {one}\n" for one in written)), None)
    if not isinstance(document, Document):
        return drafts
    read = read_expectations(Reader("", document.places), document.value, "", snapshot.t)
    holds = {text: verdict.holds for text, verdict in zip(written, evaluate(snapshot, read), strict=True)}
    kept = [draft._replace(expectations=tuple(filter(holds.__getitem__, draft.expectations))) for draft in drafts]
    return [new for old, new in zip(drafts, kept, strict=True) if new.expectations or not old.expectations]


def _settings(about: About) -> dict[str, object]:
    if about.scenario:
        return {"scenario": about.scenario}
    settings: dict[str, object] = {"kubernetes": about.kubernetes, "namespace": about.namespace, "manifests": list(about.manifests)}
    return {key: value for key, value in settings.items() if value}


def _workloads(story: Story) -> Iterator[Draft]:
    """For each workload: when it was up, with a margin, and that its containers never restarted. Those that are not up are explained."""
    present = [one for one in story.workloads if story.snapshot.get(one.key) is not None and one.pods]
    for workload in present:
        name = _subject(story.snapshot, workload.key)
        since = up_since(story, workload)
        if since is None:
            cause = explain(story.snapshot, [workload.key])[0].root_cause
            yield Draft(f"{name} is not ready: {cause.text}. Once it is, expect {{ready: {name}, within: ...}}.")
            continue
        word = "complete" if workload.key.kind in ("Job", "Pod") and _ends(workload) else "ready"
        says, expectations = [], []
        if workload.key.kind != "CronJob":
            took = since - min(pod.created for pod in workload.pods)
            says.append(f"was {word} after {tenths(took)} (50 % more is allowed)")
            expectations.append(_milestone(word, name, took))
        if not any(lane.restarts for pod in workload.pods for lane in pod.lane.containers):
            says.append("never restarted")
            expectations.append(flow({"neverRestarts": name}))
        if says:
            yield Draft(f"{name} {' and '.join(says)}.", tuple(expectations))


def _ends(workload: WorkloadStory) -> bool:
    return all(runs_to_completion(pod.last) for pod in workload.pods)


def _milestone(word: str, name: str, took: int) -> str:
    return flow({word: name, "within": short_duration(_with_margin(took))})


def _with_margin(t: int) -> int:
    """Half as long again, rounded up to five seconds."""
    step = 5 * SECOND
    return max(step, -(-t * 3 // 2 // step) * step)


def _orders(snapshot: Snapshot) -> Iterator[Draft]:
    """That what an init container waits for is reachable before its pods are initialized."""
    seen = set()
    for link in dependencies(snapshot).links:
        names = _subject(snapshot, link.target), _subject(snapshot, link.source)
        if link.init and link.kind == "waits" and link.has_passed and link.target.kind == "Service" and names not in seen:
            seen.add(names)
            if len(seen) <= MOST_ORDERS:
                steps = [f"{names[0]} reachable", f"{names[1]} initialized"]
                yield Draft(f"The init container {link.container} of {names[1]} waits for {names[0]}.", (flow({"order": steps}),))


def _services(story: Story) -> Iterator[Draft]:
    """How many endpoints each Service had at the end, if it had any."""
    for service in story.services:
        t, ready = service.lane.ready[-1]
        if ready and story.snapshot.get(service.key) is not None:
            name = _subject(story.snapshot, service.key)
            comment = f"{name} has had {ready} ready endpoint{'s' if ready > 1 else ''} since {tenths(max(t, 0))}."
            by = min(_with_margin(max(t, 0)), story.end)
            yield Draft(comment, (flow({"endpoints": name, "atLeast": ready, "by": short_duration(by)}),))


def _down(story: Story) -> list[str]:
    """The workloads that are not up."""
    return [_subject(story.snapshot, one.key) for one in story.workloads if one.pods and up_since(story, one) is None]


def _not_at_end(name: str, end: int) -> str:
    return flow({"never": name, "is": "ready", "at": short_duration(end)})


def _subject(snapshot: Snapshot, key: Key) -> str:
    """A key as expectations have it, with its namespace unless that is the run's."""
    own = key.namespace in ("", snapshot.header.namespace or "default")
    return str(key) if own else f"{key.namespace}/{key}"


def _wrapped(text: str) -> list[str]:
    """A comment in lines."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= COMMENT_WIDTH:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
