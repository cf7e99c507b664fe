"""Why a Job is not complete, or has failed; when a CronJob creates the next one."""

from __future__ import annotations

from functools import partial

from simulator.controllers.job.failures import BackOff, next_back_off, time_left
from simulator.objects.batch import CronJob, Job
from simulator.objects.conditions import condition_of, has_condition
from simulator.objects.kinds import key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, has_failed, has_succeeded
from simulator.units import SECOND, parse_time
from simulator.views.why.because import Because, coming, note
from simulator.views.why.exits import ended_because
from simulator.views.why.inquiry import Inquiry, named
from simulator.views.why.runs import Run
from simulator.views.why.waits import waiting
from simulator.views.why.weight import worst
from simulator.views.why.words import brief, many, seconds, when
from simulator.views.why.workloads import children

Reasons = tuple[Because, ...]
FIELDS = {
    "BackoffLimitExceeded": "spec.backoffLimit",
    "DeadlineExceeded": "spec.activeDeadlineSeconds",
    "PodFailurePolicy": "spec.podFailurePolicy",
}


def explain_job(ask: Inquiry, job: Job) -> Because:
    """Complete, failed, or what it waits for."""
    place = ask.place(job)
    for type_, word in (("Complete", "is complete"), ("Failed", "has failed")):
        condition = condition_of(job.status, type_)
        if condition is not None and condition.status == "True":
            since = ask.since(job, partial(_has, type_))
            why = Because(
                brief(condition.message, 160) or condition.reason, place=ask.place(job, FIELDS.get(condition.reason, "spec.completions"))
            )
            return Because(f"{named(job)} {word} since {when(since or 0)}", (why, *_failures(ask, job)), place)
    status, completions = job.status, job.spec.completions
    goal = f"{status.succeeded} of {many(completions, 'completion')}" if completions is not None else many(status.succeeded, "success")
    text = f"{named(job)} is not complete: {goal}, {many(status.active, 'active pod')}, {status.failed} failed"
    return Because(text, (*_suspended(ask, job), *_pods(ask, job), *_limits(ask, job)), place)


def _has(type_: str, job: Job) -> bool:
    return has_condition(job.status, type_)


def _suspended(ask: Inquiry, job: Job) -> Reasons:
    return (Because("it is suspended", place=ask.place(job, "spec.suspend")),) if job.spec.suspend else ()


def _pods(ask: Inquiry, job: Job) -> Reasons:
    """What its pods are doing."""
    pods = children(ask, Pod, job)
    active = [pod for pod in pods if not has_ended(pod)]
    if active:
        waiting = [pod for pod in active if not _works(pod)]
        return worst(ask, waiting) if waiting else _working(ask, active)
    if job.status.failed and not job.spec.suspend:
        return (_back_off(ask, pods), *_failures(ask, job))
    return () if job.spec.suspend else (note("its controller creates its pods next"),)


def _back_off(ask: Inquiry, pods: list[Pod]) -> Because:
    """When it creates its next pod."""
    record = next_back_off(BackOff(), [pod for pod in pods if has_succeeded(pod)], [pod for pod in pods if has_failed(pod)])
    left = time_left(record, ask.snapshot.now)
    if not left:
        return note("it creates a new pod when its back-off expires")
    length = ask.t + left - (record.last - (ask.snapshot.now - ask.t))
    return coming(f"a new pod at {when(ask.t + left)}: back-off of {when(length)} after {many(record.failures, 'failed pod')}")


def _works(pod: Pod) -> bool:
    """Whether its containers run, or some have completed and others have not."""
    states = [status.state for status in pod.status.container_statuses]
    completed = [state for state in states if state.terminated is not None and state.terminated.exit_code == 0]
    return any(state.running is not None for state in states) and all(state.running is not None or state in completed for state in states)


def _working(ask: Inquiry, active: list[Pod]) -> Reasons:
    """Pods that run, and until when."""
    pod = active[0]
    text = f"{many(len(active), 'pod')} still active, for example {named(pod)}"
    ends = []
    for container in pod.spec.containers:
        for run in ask.runs(pod, container.name)[-1:]:
            after, begin = run.plan.get("exitAfter"), run.working_since
            if after is not None and begin is not None and run.ended is None:
                whose = "is assumed to take" if run.is_assumed else "takes"
                text_of_end = f"container {container.name} {whose} {seconds(after)}, until {when(begin + round(after * SECOND))}"
                ends.append(Because(text_of_end, place=run.place()))
            elif run.ended is not None:
                ends.append(note(f"container {container.name} completed at {when(run.ended)}"))
            else:
                ends.append(_keeps_running(ask, pod, container.name, run))
    return (Because(text, tuple(ends)),)


def _keeps_running(ask: Inquiry, pod: Pod, container: str, run: Run) -> Because:
    """A container without a planned end: its pod is active as long as it runs."""
    place = ask.container_place(pod, container)
    if waits := waiting(ask, pod, run):
        return Because(f"container {container} keeps it running", waits, place)
    if run.plan.get("script"):
        return Because(f"container {container} keeps it running: its script has not ended", place=place)
    never = "it is assumed never to end" if run.is_assumed else "its program never ends"
    return Because(f"container {container} keeps it running: {never}", place=run.place() or place)


def _failures(ask: Inquiry, job: Job) -> Reasons:
    """How the last of its pods failed."""
    failed = [pod for pod in children(ask, Pod, job) if has_failed(pod)]
    if not failed:
        return ()
    last = max(failed, key=lambda pod: (ask.born(pod), pod.metadata.name))
    for container in last.spec.containers:
        for run in ask.runs(last, container.name)[-1:]:
            if run.ended is not None and run.exit_code:
                return (Because(f"{named(last)} failed", (ended_because(ask, last, container, run),)),)
    return (ask.about(key_of(last)),)


def _limits(ask: Inquiry, job: Job) -> Reasons:
    limit, started = job.spec.active_deadline_seconds, ask.instant(job.status.start_time)
    if limit is None or started is None:
        return ()
    return (
        coming(
            f"its deadline of {seconds(limit)} expires at {when(started + limit * SECOND)}", ask.place(job, "spec.activeDeadlineSeconds")
        ),
    )


def explain_cronjob(ask: Inquiry, item: CronJob) -> Because:
    """When it last created a Job, and its state."""
    last = ask.instant(item.status.last_schedule_time)
    text = f"{named(item)} " + ("has not created a Job yet" if last is None else f"created its last Job for {when(last)}")
    active = [
        ask.about(key_of(job)) for job in children(ask, Job, item) if any(ref.name == job.metadata.name for ref in item.status.active)
    ]
    causes: Reasons = tuple(active[:1])
    if item.spec.suspend:
        causes = (Because("it is suspended", place=ask.place(item, "spec.suspend")), *causes)
    else:
        causes = (*causes, *_next_time(ask, item))
    return Because(text, causes, ask.place(item))


def _next_time(ask: Inquiry, item: CronJob) -> Reasons:
    from simulator.controllers.cronjob.schedule import parse_schedule

    place = ask.place(item, "spec.schedule")
    try:
        due = parse_schedule(item.spec.schedule, item.spec.time_zone or "").after(ask.snapshot.now)
    except ValueError:
        return (note(f"its schedule {item.spec.schedule!r} is invalid", place),)
    if due is None:
        return (note(f"its schedule {item.spec.schedule} never matches", place),)
    return (coming(f"the next Job is due at {when(due - parse_time(ask.snapshot.header.start_time))}", place),)
