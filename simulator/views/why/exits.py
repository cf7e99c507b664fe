"""Why a container ended, and when it restarts: its program, a signal, a probe, memory."""

from __future__ import annotations

from simulator.journal.records import Fact, Write
from simulator.objects.container import Container
from simulator.objects.kinds import key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.probes import Probe
from simulator.units import MINUTE, SECOND
from simulator.views.why.answers import answer, short_answer
from simulator.views.why.because import Because, coming, note
from simulator.views.why.inquiry import Inquiry
from simulator.views.why.readiness import LIVENESS, STARTUP, probe_of, ticks, trailing
from simulator.views.why.runs import Run, lasted
from simulator.views.why.waits import last_wait
from simulator.views.why.words import brief, many, runtime_error, seconds, when

FAILED_PROBES = {"RST-06": LIVENESS, "INI-13": LIVENESS, "RST-07": STARTUP, "INI-11": STARTUP}
"""The probe whose failure is the reason for a kill, by the rule of the kill."""
KILL_LEAD = 10 * MINUTE
"""The longest time between the kubelet's decision to stop a container and its end."""


def ended_because(ask: Inquiry, pod: Pod, container: Container, run: Run) -> Because:
    """How a run ended, and why."""
    reason = f" ({run.reason})" if run.reason and run.reason not in ("Error", "Completed") else ""
    length = f" after {when(lasted(run))}" if run.started is not None else ""
    text = f"container {container.name} exited at {when(run.ended or 0)} with exit code {run.exit_code}{reason}{length}"
    return Because(text, _reasons(ask, pod, container, run), t=run.ended)


def _reasons(ask: Inquiry, pod: Pod, container: Container, run: Run) -> tuple[Because, ...]:
    if run.by == "memory" or (run.is_assumed and run.reason == "OOMKilled"):
        return (_out_of_memory(ask, pod, container),)
    if run.by == "program":
        return _by_program(ask, pod, container, run)
    if run.by == "action":
        return _by_action(ask, run)
    if run.by == "reboot":
        return _by_reboot(ask, pod, run)
    if run.by == "start failed":
        return _start_failed(ask, pod, container, run)
    return _stopped(ask, pod, container, run) or _last_words(ask, pod, container, run)


def _by_program(ask: Inquiry, pod: Pod, container: Container, run: Run) -> tuple[Because, ...]:
    if run.taken is not None:
        return (_port_taken(pod, run.taken), *_last_words(ask, pod, container, run))
    if run.plan.get("script"):
        place = run.place() or ask.container_place(pod, container.name, "command")
        return (Because("its script ended", (*last_wait(run), *_last_words(ask, pod, container, run)), place),)
    after = run.plan.get("exitAfter")
    if after is None:
        return _last_words(ask, pod, container, run)
    whose = "it is assumed to exit" if run.is_assumed else "its program exits"
    return (Because(f"{whose} with {run.exit_code} after {seconds(after)}", place=run.place()),)


def _port_taken(pod: Pod, fact: Fact) -> Because:
    """Another container has the port: of this pod, or of one on the same node's network."""
    data = fact.data
    of_pod = "" if data["pod"] == pod.metadata.name else f" of pod {data['pod']}"
    network = f"they share the network of {'the pod' if not of_pod else 'the node'}"
    return Because(f"it could not listen on {data['port']}: container {data['holder']}{of_pod} already uses it, and {network}", t=fact.t)


def _out_of_memory(ask: Inquiry, pod: Pod, container: Container) -> Because:
    limit = container.resources.limits.get("memory")
    text = f"it used more memory than its limit of {limit}" if limit else "it used more memory than its node has"
    return Because(text, place=ask.container_place(pod, container.name, "resources"))


def _by_reboot(ask: Inquiry, pod: Pod, run: Run) -> tuple[Because, ...]:
    node = pod.spec.node_name
    actions = [fact for fact in ask.snapshot.facts("action") if fact.about.name == node and fact.t <= (run.ended or 0)]
    actions = [fact for fact in actions if fact.data.get("reboot")]
    place = f"{actions[-1].data.get('file')}:{actions[-1].data.get('line')}" if actions else ""
    return (Because(f"an action of the Scenario rebooted its node {node}", place=place, t=run.ended),)


def _by_action(ask: Inquiry, run: Run) -> tuple[Because, ...]:
    actions = [fact for fact in ask.snapshot.facts("action") if fact.t == run.ended and fact.data.get("verb") == "kill"]
    place = f"{actions[-1].data.get('file')}:{actions[-1].data.get('line')}" if actions else ""
    return (Because("an action of the Scenario killed it", place=place),)


def _start_failed(ask: Inquiry, pod: Pod, container: Container, run: Run) -> tuple[Because, ...]:
    failed = [event for _, event in ask.events(pod, "Failed") if container.name in event.involved_object.field_path]
    text = runtime_error(failed[-1].message.removeprefix("Error: ")) if failed else "the runtime could not start it"
    return (Because(f"it did not start: {text}", place=run.place()),)


def _stopped(ask: Inquiry, pod: Pod, container: Container, run: Run) -> tuple[Because, ...]:
    """The kubelet stopped it, for the reason in its Killing event."""
    end = run.ended or 0
    begin = max(run.started or 0, end - KILL_LEAD)
    killings = [
        (write, event.message)
        for write, event in ask.event_writes(pod, "Killing")
        if begin <= write.t <= end and container.name in (event.involved_object.field_path.partition("{")[2].rstrip("}"), "")
    ]
    if not killings:
        return ()
    write, message = killings[-1]
    t, how = write.t, _signals(run)
    kind = FAILED_PROBES.get(write.cause.rule, "") or _probe_in(write, message)
    if kind:
        return (*_by_probe(ask, pod, container, run, kind, t), *how)
    if is_being_deleted(pod):
        return (Because(f"the pod is being deleted: the kubelet began to stop it at {when(t)}", t=t), *how)
    return (Because(f"the kubelet stopped it at {when(t)}: {brief(message)}", t=t), *how)


def _probe_in(write: Write, message: str) -> str:
    """The probe that failed, from the event of a recorded real cluster; in a simulated run the rule determines it."""
    if write.cause.rule:
        return ""
    return next((kind for kind in (LIVENESS, STARTUP) if f"failed {kind} probe" in message), "")


def _signals(run: Run) -> tuple[Because, ...]:
    if not run.signals:
        return ()
    killed = [fact for fact in run.signals if fact.data.get("signal") == "KILL"]
    first = run.signals[0]
    grace = first.data.get("grace")
    if killed and first is not killed[-1] and grace is not None:
        return (note(f"it did not exit within {seconds(float(grace))} of SIGTERM and was killed at {when(killed[-1].t)}"),)
    return ()


def _by_probe(ask: Inquiry, pod: Pod, container: Container, run: Run, kind: str, t: int) -> tuple[Because, ...]:
    """A liveness or startup probe failed so often that the kubelet restarts the container."""
    probe = probe_of(container, kind)
    place = ask.container_place(pod, container.name, f"{kind}Probe")
    results = [fact for fact in ticks(ask, pod, container.name, kind, run) if fact.t <= t]
    if probe is None or not results:
        return (Because(f"its {kind} probe failed", place=place, t=t),)
    allowed = probe.timing.failures
    row = min(trailing(results, "failure"), allowed) or 1
    last = results[-1]
    text = f"its {kind} probe failed {row} of {many(allowed, 'time')} in a row, last at {when(last.t)}: "
    text += short_answer(str(last.data.get("output", "")))
    return (Because(text, answer(ask, pod, container, probe, run, last), place, last.t), *_budget(probe, kind, run, t, place))


def _budget(probe: Probe, kind: str, run: Run, t: int, place: str) -> tuple[Because, ...]:
    """The time that the probe gave a run before it was stopped at `t`, if it never passed."""
    if run.started is None:
        return ()
    timing = probe.timing
    delay = probe.initial_delay_seconds or 0
    least = delay * SECOND + (timing.failures - 1) * timing.period
    lived = t - run.started
    # Later kills have another history: the probe passed before.
    if lived > least + 2 * timing.period + timing.failures * timing.timeout:
        return ()
    sum_ = f"{delay}s initial delay + " if delay else ""
    limit = f"{when(least)} to {when(least + timing.period)}"
    return (note(f"it had {when(lived)}; the {kind} probe allows {limit} ({sum_}{timing.failures} × {when(timing.period)})", place),)


def _last_words(ask: Inquiry, pod: Pod, container: Container, run: Run) -> tuple[Because, ...]:
    """Its last line of output."""
    end = run.ended if run.ended is not None else ask.t
    where = pod.metadata.namespace, pod.metadata.name, container.name
    begin = run.started or ask.born(pod)
    lines = [log.line for log in ask.snapshot.logs() if begin <= log.t <= end and (log.namespace, log.pod, log.container) == where]
    return (note(f"last line of output: {brief(lines[-1])}"),) if lines else ()


def again(ask: Inquiry, pod: Pod, container: Container, run: Run) -> tuple[Because, ...]:
    """When a container that has ended restarts."""
    waits = ask.facts(key_of(pod), "container.backs_off", run.ended or 0, container=container.name)
    if not waits:
        return ()
    data = waits[-1].data
    until, delay = round(float(data["until"]) * SECOND), float(data["delay"])
    if until < ask.t:
        text = f"its back-off of {seconds(delay)} expired at {when(until)}; the kubelet restarts it at its next sync of the pod"
    else:
        text = f"restart {_window(ask, waits[-1].t, until)} ({seconds(delay)} back-off plus the kubelet's delay)"
    return (coming(text),)


def _window(ask: Inquiry, noticed: int, until: int) -> str:
    """When the kubelet restarts it: at 1 to 1.5 times the back-off, or at its next sync afterwards."""
    if ask.dialect.requeues_at_back_off_end:
        return f"between {when(until)} and {when(noticed + (until - noticed) * 3 // 2)}"
    return f"between {when(until)} and {when(until + 16 * SECOND)}"
