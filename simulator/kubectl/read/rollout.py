"""`kubectl rollout status` and `kubectl rollout history`."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from simulator.golang.pflag import Flag, nanoseconds
from simulator.golang.tabwriter import align
from simulator.journal.changes import changes, last_change
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.print.describe.pod import template
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.print.describe.workloads import replica_sets
from simulator.kubectl.print.output import as_json, is_table, print_data
from simulator.kubectl.read.names import Match, named
from simulator.kubectl.resolve import targets
from simulator.kubectl.verb import FOLLOWED, Caller, Reading, Verb, output_format
from simulator.kubectl.view import Pending, Printed, View
from simulator.objects.apps import ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.base import evolve
from simulator.objects.conditions import condition_of
from simulator.objects.kinds import Key, Object, key_of, kind_of_key
from simulator.objects.labels import CHANGE_CAUSE, REVISION
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import PodTemplateSpec

NO_STATUS = "no status viewer has been implemented for {}"
NO_HISTORY = 'no history viewer has been implemented for "{}"'
_KINDS = ("Deployment", "DaemonSet", "StatefulSet")


class Progress(NamedTuple):
    """A line of `rollout status`, and whether the rollout is over."""

    line: str
    done: bool


def progress(item: Object, revision: int = 0) -> Progress:
    """How far the rollout of a workload is. Raises KubectlError when it is unknown, or has failed."""
    match item:
        case Deployment():
            return _deployment(item, revision)
        case DaemonSet():
            return _daemon_set(item)
        case StatefulSet():
            return _stateful_set(item)
    raise KubectlError(f"error: {NO_STATUS.format(item.kind)}")


def _deployment(item: Deployment, revision: int) -> Progress:
    name, status, desired_replicas = item.metadata.name, item.status, item.spec.replicas
    running = int(item.metadata.annotations.get(REVISION, "0"))
    if revision and revision != running:
        raise KubectlError(f"error: desired revision ({revision}) is different from the running revision ({running})")
    if (item.metadata.generation or 0) > status.observed_generation:
        return Progress("Waiting for deployment spec update to be observed...", False)
    progress = condition_of(status, "Progressing")
    if progress is not None and progress.reason == "ProgressDeadlineExceeded":
        raise KubectlError(f'error: deployment "{name}" exceeded its progress deadline')
    waiting = f'Waiting for deployment "{name}" rollout to finish: '
    updated, available = status.updated_replicas, status.available_replicas
    if desired_replicas is not None and updated < desired_replicas:
        return Progress(f"{waiting}{updated} out of {desired_replicas} new replicas have been updated...", False)
    if status.replicas > updated:
        return Progress(f"{waiting}{status.replicas - updated} old replicas are pending termination...", False)
    if available < updated:
        return Progress(f"{waiting}{available} of {updated} updated replicas are available...", False)
    return Progress(f'deployment "{name}" successfully rolled out', True)


def _only_rolling(type_: str) -> None:
    if type_ != "RollingUpdate":
        raise KubectlError("error: rollout status is only available for RollingUpdate strategy type")


def _daemon_set(item: DaemonSet) -> Progress:
    _only_rolling(item.spec.update_strategy.type if item.spec.update_strategy else "")
    name, status = item.metadata.name, item.status
    if (item.metadata.generation or 0) > status.observed_generation:
        return Progress("Waiting for daemon set spec update to be observed...", False)
    waiting = f'Waiting for daemon set "{name}" rollout to finish: '
    desired = status.desired_number_scheduled
    if status.updated_number_scheduled < desired:
        return Progress(f"{waiting}{status.updated_number_scheduled} out of {desired} new pods have been updated...", False)
    if status.number_available < desired:
        return Progress(f"{waiting}{status.number_available} of {desired} updated pods are available...", False)
    return Progress(f'daemon set "{name}" successfully rolled out', True)


def _stateful_set(item: StatefulSet) -> Progress:
    strategy, status, replicas = item.spec.update_strategy, item.status, item.spec.replicas
    _only_rolling(strategy.type if strategy else "")
    if status.observed_generation == 0 or (item.metadata.generation or 0) > status.observed_generation:
        return Progress("Waiting for statefulset spec update to be observed...", False)
    if replicas is not None and status.ready_replicas < replicas:
        return Progress(f"Waiting for {replicas - status.ready_replicas} pods to be ready...", False)
    if strategy and strategy.rolling_update:
        partition = strategy.rolling_update.partition
        if replicas is not None and partition is not None and status.updated_replicas < replicas - partition:
            words = f"{status.updated_replicas} out of {replicas - partition} new pods have been updated..."
            return Progress(f"Waiting for partitioned roll out to finish: {words}", False)
        return Progress(f"partitioned roll out complete: {status.updated_replicas} new pods have been updated...", True)
    if status.update_revision != status.current_revision:
        words = f"{status.updated_replicas} pods at revision {status.update_revision}..."
        return Progress(f"waiting for statefulset rolling update to complete {words}", False)
    return Progress(f"statefulset rolling update complete {status.current_replicas} pods at revision {status.current_revision}...", True)


class StatusOptions(msgspec.Struct, frozen=True):
    """The flags of `kubectl rollout status`. `timeout` in nanoseconds (None: without end)."""

    timeout: int | None = None
    follow: bool = True
    revision: int = 0


def rollout_status(args: list[str], options: StatusOptions, view: View, caller: Caller = FOLLOWED) -> Printed:
    """What `kubectl rollout status` has printed by now. The exit code is 1 if the rollout has failed or is not over.

    Default start: when the spec last changed; the creation is the first change.
    """
    lines: list[str] = []
    try:
        there = view.at(caller.start) if caller.live and caller.start is not None else view
        for workload in _workloads(args, caller.namespace, there, NO_STATUS):
            lines += _followed(key_of(workload.item), options, view, caller)
    except KubectlError as error:
        pending = error.pending if isinstance(error, _Ended) else None
        lines += error.lines if isinstance(error, _Ended) else []
        return Printed("".join(line + "\n" for line in lines), "" if pending else f"{error}\n", error.code, pending)
    return Printed("".join(line + "\n" for line in lines))


class _Ended(KubectlError):
    """The rollout has failed, or is not over by now; with the lines until then, and what it waits for if it still may succeed."""

    def __init__(self, message: str, lines: list[str], code: int = 1, pending: Pending | None = None) -> None:
        self.lines = lines
        self.pending = pending
        super().__init__(message, code)


def _followed(key: Key, options: StatusOptions, view: View, caller: Caller) -> list[str]:
    """The lines about one object: one for its state at the start, and one for each change."""
    lines: list[str] = []
    start = caller.start or view.snapshot.at(last_change(view.snapshot.writes(key)))
    deadline = None if options.timeout is None else start.t + options.timeout
    states = _states(key, options, view if deadline is None else view.at(deadline), start if options.follow else caller.start)
    may_list = view.may("list", kind_of_key(key), key.namespace, key.name)  # else client-go tries to list the object until time is up
    for state in states if may_list else ():
        if state is None:
            raise _Ended("error: object has been deleted", lines)
        try:
            line, done = progress(state, options.revision)
        except KubectlError as error:
            raise _Ended(str(error), lines, error.code) from error
        lines.append(line)
        if done or not options.follow:
            return lines
    waits = caller.live and (deadline is None or view.snapshot.t < deadline)
    raise _Ended("error: timed out waiting for the condition", lines, pending=Pending((key.kind,), deadline) if waits else None)


def _states(key: Key, options: StatusOptions, view: View, start: Snapshot | None) -> list[Object | None]:
    """The states that kubectl sees, None when the object goes."""
    if not options.follow or start is None:
        return [(start or view.snapshot).get(key)]
    first = start.get(key)
    seen = changes(key.kind, start, view.snapshot, lambda item: key_of(item) == key)
    return [*([first] if first else []), *(None if change.type == "DELETED" else change.item for change in seen)]


def _workloads(args: list[str], namespace: str, view: View, refusal: str) -> list[Match]:
    """The workloads that were asked for. `refusal`: kubectl's sentence about a kind that has no roll-outs. Raises KubectlError."""
    if not args:
        raise KubectlError("error: required resource not specified")
    workload = []
    for kind, names in targets(args, view.snapshot):
        every = names or tuple(item.metadata.name for item in view.snapshot.objects(kind.name, namespace))
        there = [one for name in every for one in named(kind, namespace, name, view)]
        if there and kind.name not in _KINDS:
            raise KubectlError(f"error: {refusal.format(f'{kind.name}.{kind.group}'.rstrip('.'))}")
        workload += there
    return workload


def rollout_history(args: list[str], namespace: str, view: View, revision: int = 0, form: str = "") -> Printed:
    """What `kubectl rollout history` prints; `form`: the format of `-o`, for the objects that hold the revisions."""
    try:
        workloads = _workloads(args, namespace, view, NO_HISTORY)
        if form:
            return Printed(_holders(workloads, view, revision, form))
        return Printed("".join(_history(workload, view, revision) for workload in workloads))
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)


def _history(workload: Match, view: View, revision: int) -> str:
    known = _revisions(workload.item, view)
    head = f"{workload.kind.singular}.{workload.kind.group}/{workload.item.metadata.name} "
    if not known:
        return f"{head}{f'with revision #{revision}' if revision else ''}\nNo rollout history found.\n"
    if revision:
        if revision not in known:
            raise KubectlError("error: unable to find the specified revision")
        sheet = Sheet()
        template(known[revision][1], sheet, view)
        # kubectl prints this one without laying out its tabs.
        return f"{head}with revision #{revision}\n{sheet.raw()}\n"
    rows = [f"{number}\t{known[number][0].annotations.get(CHANGE_CAUSE) or '<none>'}\n" for number in sorted(known)]
    table = align("".join(["REVISION\tCHANGE-CAUSE\n", *rows]))
    return f"{head}\n{table}\n"


def _holders(workloads: list[Match], view: View, revision: int, form: str) -> str:
    """The ReplicaSets of Deployments; other workloads as they were in each revision. YAML documents are divided by a line."""
    is_table(form)
    texts = []
    for item in (one.item for one in workloads):
        known = _revisions(item, view)
        if revision and revision not in known:
            raise KubectlError("error: unable to find the specified revision")
        for number in [revision] if revision else sorted(known):
            meta, made = known[number]
            holder = view.snapshot.get(Key("ReplicaSet", meta.namespace, meta.name)) if isinstance(item, Deployment) else _with(item, made)
            texts.append(print_data([as_json(holder)] if holder else [], form, single=True))
    return ("---\n" if form == "yaml" else "").join(texts)


def _with(item: Object, made: PodTemplateSpec) -> Object:
    """A StatefulSet or DaemonSet with another pod template."""
    if not isinstance(item, StatefulSet | DaemonSet):
        return item
    return evolve(item, spec=evolve(item.spec, template=made))


def _revisions(item: Object, view: View) -> dict[int, tuple[ObjectMeta, PodTemplateSpec]]:
    """Each revision's holder and pod template: ReplicaSets of a Deployment, ControllerRevisions of the others."""
    if isinstance(item, Deployment):
        old, new = replica_sets(item, view)
        return {int(one.metadata.annotations.get(REVISION, "0")): _of_set(one) for one in [*old, *new]}
    known = {}
    for one in view.snapshot.typed(ControllerRevision, item.metadata.namespace):
        if any(ref.controller and ref.uid == item.metadata.uid for ref in one.metadata.owner_references):
            made = dict(((one.data or {}).get("spec") or {}).get("template") or {})
            made.pop("$patch", None)
            known[one.revision or 0] = one.metadata, msgspec.convert(made, PodTemplateSpec)
    return known


def _of_set(one: ReplicaSet) -> tuple[ObjectMeta, PodTemplateSpec]:
    cause = one.metadata.annotations.get(CHANGE_CAUSE)
    if not cause:
        return one.metadata, one.spec.template
    meta = msgspec.structs.replace(one.spec.template.metadata, annotations={**one.spec.template.metadata.annotations, CHANGE_CAUSE: cause})
    return one.metadata, msgspec.structs.replace(one.spec.template, metadata=meta)


# ---- the command line


def _prints_status(words: Words, view: View, caller: Caller) -> Printed:
    timeout = nanoseconds(words["timeout"]) if words["timeout"] else 0
    options = StatusOptions(timeout if timeout > 0 else None, words["watch"], words["revision"])
    return rollout_status(words.args, options, view, caller)


def _prints_history(words: Words, view: View, caller: Caller) -> Printed:
    return rollout_history(words.args, caller.namespace, view, words["revision"], output_format(words))


VERBS: tuple[Verb, ...] = (
    Verb(("rollout", "status"), "TYPE/NAME", "Show the status of a rollout.", (
        Flag("watch", "bool", "w", default=True, help="Wait until the rollout is complete, or only print its current status."),
        Flag("no-watch", "bool", "W", negates="watch"),
        Flag("revision", "int64", default=0, metavar="NUMBER", help="Follow only this revision."),
        Flag("timeout", "duration", metavar="DURATION", help="Time to wait before giving up. Default: up to --at."),
    ), Reading(
        _prints_status,
        "Print what `kubectl rollout status` would have printed by that time; exits 1 if the rollout failed or is not complete.",
        begins_with_typed=True,
    ), (
        "rollout status deployment/web",
        "rollout status deployment/web --start 20s --timeout 30s",
    )),
    Verb(("rollout", "history"), "TYPE/NAME", "List the revisions of a workload.", (
        Flag("revision", "int64", default=0, metavar="NUMBER", help="Show the pod template of this revision."),
        Flag("output", short="o", metavar="FORMAT",
        help="Print the objects that store the revisions: yaml, json, name, jsonpath=TEMPLATE."),
    ), Reading(_prints_history, "List revisions as `kubectl rollout history` would at that time."), (
        "rollout history deployment/web",
        "rollout history deployment/web --revision=1",
    )),
)  # fmt: skip
