"""Why a running container is not started or not ready: its probes, and when the next ones are."""

from __future__ import annotations

from simulator.journal.records import Fact
from simulator.objects.container import Container
from simulator.objects.kinds import key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus
from simulator.objects.probes import Probe
from simulator.units import SECOND
from simulator.views.why.answers import answer, short_answer
from simulator.views.why.because import Because, coming, note
from simulator.views.why.inquiry import Inquiry
from simulator.views.why.runs import Run
from simulator.views.why.words import many, ordinal, when

STARTUP, READINESS, LIVENESS = "startup", "readiness", "liveness"


def probe_of(container: Container, kind: str) -> Probe | None:
    """A container's probe of that kind, or None."""
    probe: Probe | None = getattr(container, f"{kind}_probe")
    return probe


def ticks(ask: Inquiry, pod: Pod, container: str, kind: str, run: Run | None = None) -> list[Fact]:
    """The recorded results of a probe, of one run of the container; in a real cluster's journal, its Unhealthy events."""
    begin = ask.born(pod) if run is None or run.started is None else run.started
    end = ask.t if run is None or run.ended is None else run.ended
    facts = [fact for fact in ask.facts(key_of(pod), "probe", begin, container=container, probe=kind) if fact.t <= end + SECOND]
    if facts or any(True for _ in ask.facts(key_of(pod), "container.")):
        return facts
    word = f"{kind.capitalize()} probe "
    return [
        Fact(
            t,
            "probe",
            key_of(pod),
            {"container": container, "probe": kind, "result": "failure", "output": event.message.partition(": ")[2]},
        )
        for t, event in ask.events(pod, "Unhealthy")
        if begin <= t <= end and event.message.startswith(word) and container in event.involved_object.field_path
    ]


def trailing(results: list[Fact], result: str) -> int:
    """How many of the last results in a row are `result`."""
    count = 0
    for fact in reversed(results):
        if fact.data.get("result") != result:
            break
        count += 1
    return count


def not_ready(ask: Inquiry, pod: Pod, container: Container, status: ContainerStatus, run: Run) -> tuple[Because, ...]:
    """Why a container that runs is not ready."""
    if container.startup_probe is not None and not status.started:
        return _probed(ask, pod, container, STARTUP, run)
    if container.readiness_probe is None:
        return (note("the kubelet has not reported it ready yet"),)
    return _probed(ask, pod, container, READINESS, run)


def _probed(ask: Inquiry, pod: Pod, container: Container, kind: str, run: Run) -> tuple[Because, ...]:
    """The last results of a probe, their reason, and when the next one is."""
    probe = probe_of(container, kind)
    assert probe is not None
    place = ask.container_place(pod, container.name, f"{kind}Probe")
    results = ticks(ask, pod, container.name, kind, run)
    after = _next(ask, pod, container, kind, probe, run, results)
    if not results:
        delay = f": initialDelaySeconds is {probe.initial_delay_seconds}" if probe.initial_delay_seconds else ""
        return (Because(f"its {kind} probe has not run yet{delay}", place=place), *after)
    last = results[-1]
    if last.data.get("result") == "success":
        needed = probe.timing.successes
        passed = trailing(results, "success")
        if passed < needed:
            return (Because(f"its {kind} probe passed {passed} of {many(needed, 'time')} in a row", place=place, t=last.t), *after)
        return (
            Because(f"its {kind} probe passed at {when(last.t)}, but the kubelet has not updated the status yet", place=place, t=last.t),
        )
    row = trailing(results, str(last.data.get("result")))
    times = f", the {ordinal(row)} time in a row" if row > 1 else ""
    verb = "failed" if last.data.get("result") == "failure" else "errored"
    text = f"its {kind} probe {verb} at {when(last.t)}{times}: {short_answer(str(last.data.get('output', '')))}"
    return (Because(text, answer(ask, pod, container, probe, run, last), place, last.t), *_limit(kind, probe, row), *after)


def _limit(kind: str, probe: Probe, row: int) -> tuple[Because, ...]:
    """How often a probe may fail until the container is restarted."""
    allowed = probe.timing.failures
    return (note(f"{row} of {allowed} failures; it is restarted after {allowed}"),) if kind != READINESS and row < allowed else ()


def _next(ask: Inquiry, pod: Pod, container: Container, kind: str, probe: Probe, run: Run, results: list[Fact]) -> tuple[Because, ...]:
    """When the next probe is: its worker ticks once a period, whatever the container does."""
    period = probe.timing.period
    beats = results or ticks(ask, pod, container.name, kind)
    earliest = ask.t
    started = run.started or ask.t
    if not results and probe.initial_delay_seconds:
        # The delay counts from the start as the status has it, in whole seconds of the wall clock.
        begin = (ask.snapshot.now - ask.t + started) // SECOND * SECOND - (ask.snapshot.now - ask.t)
        earliest = max(earliest, begin + probe.initial_delay_seconds * SECOND)
    if beats and beats[-1].t <= ask.t:
        last = beats[-1].t
        nth = max(1, -(-(earliest - last) // period)) if earliest > last else 1
        t = last + nth * period
        return (coming(f"{kind} probe at {when(t if t > ask.t else t + period)}"),)
    if not results and earliest > ask.t:
        return (coming(f"first {kind} probe between {when(earliest)} and {when(earliest + period)}"),)
    return (coming(f"first {kind} probe within {when(period)}"),)


def ready_since(ask: Inquiry, pod: Pod, container: Container, run: Run) -> tuple[Because, ...]:
    """Why a container counts as ready."""
    place = ask.container_place(pod, container.name, "readinessProbe")
    start = " is running" if run.started is None else f" started at {when(run.started)}"
    if container.readiness_probe is None:
        return (Because(f"container {container.name}{start} and has no readiness probe: it is ready as soon as it runs", t=run.started),)
    passed = next((fact for fact in ticks(ask, pod, container.name, READINESS, run) if fact.data.get("result") == "success"), None)
    needed = container.readiness_probe.timing.successes
    enough = f", {needed} successes in a row are required" if needed > 1 else ""
    text = "its readiness probe passes" if passed is None else f"its readiness probe first passed at {when(passed.t)}{enough}"
    return (Because(f"container {container.name}{start} and {text}", place=place, t=passed.t if passed else None),)
