"""`kubectl logs`: what containers printed."""

from __future__ import annotations

from msgspec.structs import replace

from simulator.golang.pflag import Flag, nanoseconds
from simulator.journal.records import LogLine
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.read.log_sources import LogOptions, Source, goes_on, pods_meant, sources_of
from simulator.kubectl.verb import FOLLOWED, Caller, Reading, Verb
from simulator.kubectl.view import Pending, Printed, View
from simulator.objects.kinds import BY_NAME
from simulator.units import SECOND, format_time, parse_time

_REFUSED = "Error from server (BadRequest): "
_SELECTED_TAIL = 10  # lines of each container when pods are chosen by label


def logs(args: list[str], options: LogOptions, view: View, caller: Caller = FOLLOWED) -> Printed:
    """What `kubectl logs ARGS` prints; with `follow`, what it has printed by now."""
    notes = ""
    since = caller.start if options.follow else None
    begin = view if since is None else view.at(since)
    try:
        _check(args, options)
        given = options
        if len(args) == 2:
            options = replace(options, container=args[1])
        if options.labels and options.tail is None:
            options = replace(options, tail=_SELECTED_TAIL)
        pods, notes = pods_meant(args, options, begin)
        _check_flags(args, given)
        sources = []
        for pod in pods:
            view.authorize("get", BY_NAME["Pod"], pod.metadata.namespace, pod.metadata.name, "log")
            result, note = sources_of(pod, options)
            sources += result
            notes += note
        if options.follow and len(sources) > max(1, options.max_log_requests):
            limit = f"maximum allowed concurrency is {options.max_log_requests}, use --max-log-requests to increase the limit"
            raise KubectlError(f"error: you are attempting to follow {len(sources)} log streams, but {limit}")
        problem = next((source.problem for source in sources if source.problem), "")
        if problem and not options.ignore_errors:
            raise KubectlError(_REFUSED + problem)
        pending = Pending(("Pod",), logs=True) if options.follow and caller.live and any(goes_on(one, view) for one in sources) else None
        return Printed(_text(sources, options, view, since), notes, pending=pending)
    except KubectlError as error:
        return Printed(err=f"{notes}{error}\n", code=error.code)


def _check(args: list[str], options: LogOptions) -> None:
    see = "\nSee 'kubectl logs -h' for help and examples"
    if not options.labels and len(args) not in (1, 2):
        usage = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"
        raise KubectlError(f"error: {usage}{see}")
    if options.labels and args:
        raise KubectlError(f"error: only a selector (-l) or a POD name is allowed{see}")
    if options.since_time:
        try:
            parse_time(options.since_time)
        except ValueError as error:
            text, layout = options.since_time, "2006-01-02T15:04:05Z07:00"
            raise KubectlError(f'error: parsing time "{text}" as "{layout}": cannot parse "{text}" as "2006"') from error


def _check_flags(args: list[str], options: LogOptions) -> None:
    """What kubectl looks at only when it has found the pod."""
    if options.since is not None and options.since_time:
        raise KubectlError("error: at most one of `sinceTime` or `sinceSeconds` may be specified")
    if options.all_containers and (options.container or len(args) == 2):
        named = options.container or args[1]
        raise KubectlError(f"error: --all-containers=true should not be specified with container name {named}")
    if options.container and len(args) == 2:
        raise KubectlError("error: only one of -c or an inline [CONTAINER] arg is allowed")
    if options.limit_bytes < 0:
        raise KubectlError("error: --limit-bytes must be greater than 0")
    if options.tail is not None and options.tail < -1:
        raise KubectlError("error: --tail must be greater than or equal to -1")


def _text(sources: list[Source], options: LogOptions, view: View, since: Snapshot | None) -> str:
    """The lines of the sources, one source after the other; when several are followed, as they came.

    `since`: what is printed after that instant is not counted by `--tail`.
    """
    numbered = [(number, line) for number, line in enumerate(view.snapshot.logs()) if line.pod and not line.component]
    by_source: dict[tuple[str, str, str, int], list[tuple[int, LogLine]]] = {}
    for number, line in numbered:
        by_source.setdefault((line.namespace, line.pod, line.container, line.run), []).append((number, line))
    counted = len((since or view.snapshot).logs())
    start = parse_time(view.snapshot.header.start_time)
    first = -1 if options.since is None else view.snapshot.t - max(SECOND, _rounded(options.since))
    if options.since_time:
        first = parse_time(options.since_time) - start
    chosen: list[tuple[int, LogLine]] = []
    for pod, container, run, _ in sources:
        lines = by_source.get((pod.metadata.namespace, pod.metadata.name, container, run), [])
        lines = [(number, line) for number, line in lines if line.t >= first]
        before = sum(number < counted for number, _ in lines)
        chosen += lines if options.tail is None or options.tail < 0 else lines[max(before - options.tail, 0) :]
    if options.follow and len(sources) > 1:
        chosen.sort(key=lambda pair: pair[0])
    problems = "".join(f"error: {source.problem}\n" for source in sources if source.problem)
    text = problems + "".join(_formatted(line, options, start) for _, line in chosen)
    return text.encode()[: options.limit_bytes].decode(errors="ignore") if options.limit_bytes else text


def _rounded(duration: int) -> int:
    """To whole seconds, as kubectl rounds `--since`."""
    return (duration + SECOND // 2) // SECOND * SECOND


def _formatted(line: LogLine, options: LogOptions, start: int) -> str:
    head = f"[pod/{line.pod}/{line.container}] " if options.prefix or options.all_pods else ""
    stamp = f"{_nano_time(start + line.t)} " if options.timestamps else ""
    return f"{head}{stamp}{line.line}\n"


def _nano_time(epoch: int) -> str:
    """RFC 3339 with nine digits, as the kubelet stamps lines."""
    return f"{format_time(epoch)[:-1]}.{epoch % SECOND:09d}Z"


# ---- the command line


def _prints(words: Words, view: View, caller: Caller) -> Printed:
    options = LogOptions(
        namespace=caller.namespace,
        container=words["container"],
        labels=words["selector"],
        previous=words["previous"],
        follow=words["follow"],
        timestamps=words["timestamps"],
        all_containers=words["all-containers"],
        all_pods=words["all-pods"],
        prefix=words["prefix"],
        since=nanoseconds(words["since"]) if words["since"] else None,
        since_time=words["since-time"],
        tail=words["tail"],
        limit_bytes=words["limit-bytes"],
        ignore_errors=words["ignore-errors"],
        max_log_requests=words["max-log-requests"],
    )
    return logs(words.args, options, view, caller)


VERBS: tuple[Verb, ...] = (
    Verb(("logs",), "POD | TYPE/NAME [CONTAINER]", "Print the logs of containers.", (
        Flag("container", short="c", metavar="CONTAINER", help="Name of the container."),
        Flag("selector", short="l", metavar="LABELS", help="Select pods by labels."),
        Flag("previous", "bool", "p", help="Show the previous container instance."),
        Flag("follow", "bool", "f", help="Follow the logs up to --at."),
        Flag("timestamps", "bool", help="Show the time of each line."),
        Flag("all-containers", "bool", help="Show all containers of the pod, init containers first."),
        Flag("all-pods", "bool", help="Show all pods of the workload; each line starts with its pod."),
        Flag("prefix", "bool", help="Start each line with its pod and container."),
        Flag("since", "duration", metavar="DURATION", help="Show only lines newer than this."),
        Flag("since-time", metavar="TIME", help="Show only lines after this time (RFC 3339)."),
        Flag("tail", "int", metavar="LINES", help="Show only the last lines."),
        Flag("limit-bytes", "int", default=0, metavar="BYTES", help="Maximum number of bytes to print."),
        Flag("ignore-errors", "bool", help="Continue past containers that have no logs yet."),
        Flag("max-log-requests", "int", default=5, metavar="N", help="With -f: maximum number of containers. Default: 5."),
    ), Reading(_prints, "Print the logs of containers up to that time."), (
        "logs deploy/web --at 40s",
        "logs deploy/web -c server --previous",
        "logs -l app=web --all-containers --prefix --from run.journal",
    )),
)  # fmt: skip
