"""What a container is assumed to do that is not interpreted: what its image does, else what its pod and its ports say. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simulator.container.catalogue import AT_ONCE, LISTENS_AFTER, Entry, is_certain, known
from simulator.container.failures import known_failure
from simulator.container.memory_limits import OUT_OF_MEMORY, OUT_OF_MEMORY_AFTER, OUT_OF_MEMORY_EXIT, too_much
from simulator.container.own_ports import may_move, missing_pages, ports_of_text, stated_ports
from simulator.container.program import HttpRule, Listen, Run
from simulator.engine.durations import Duration, Fixed
from simulator.images.reference import reference
from simulator.objects.container import Container, probes_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers, ephemeral, is_regular_init
from simulator.units import SECOND, format_duration

INIT_TAKES: Duration = Fixed(1 * SECOND)
JOB_TAKES: Duration = Fixed(5 * SECOND)


class Guess(NamedTuple):
    """What a container is assumed to do: its run, that run in words, the reason, and the kind of source (see `Origin`)."""

    run: Run
    text: str
    reason: str
    kind: str = "assumed"


def work_of(pod: Pod, container: Container) -> Guess:
    """The guess about a container that is not interpreted, without the ports that other containers of its pod have."""
    guess = _alone(pod, container)
    given_up = {port for port, _ in given_up_ports(pod, container)}
    if not given_up:
        return guess
    run = guess.run._replace(listen=tuple(rule for rule in guess.run.listen if rule.port not in given_up))
    return guess._replace(run=run, text=run.in_words)


def given_up_ports(pod: Pod, container: Container) -> Iterator[tuple[int, str]]:
    """The ports that a container would be guessed to listen on if another one, whose name follows, did not: for certain, or before it."""
    if is_regular_init(pod, container):
        return
    others = [one for one in (*all_containers(pod.spec), *ephemeral(pod.spec)) if not is_regular_init(pod, one)]
    place = [one.name for one in others].index(container.name)
    rules = [(at, other, rule) for at, other in enumerate(others) if at != place for rule in _alone(pod, other).run.listen]
    for own in _alone(pod, container).run.listen:
        holders = (other for at, other, rule in rules if rule.port == own.port and (at < place or not rule.guessed))
        holder = next(holders, None)
        if own.guessed and holder is not None:
            yield own.port, holder.name


def _alone(pod: Pod, container: Container) -> Guess:
    if _only_prints(container):
        return Guess(Run(exit_after=AT_ONCE), Run(exit_after=AT_ONCE).in_words, "its command only prints something", kind="command")
    entry = known(container.image)
    excess = too_much(container, "" if entry is None else entry.process)
    if excess:
        run = Run(exit_after=Fixed(OUT_OF_MEMORY_AFTER), exit_code=OUT_OF_MEMORY_EXIT.code, reason=OUT_OF_MEMORY)
        return Guess(run, f"is killed after {format_duration(OUT_OF_MEMORY_AFTER)}: OOMKilled", excess, kind="image")
    is_main = not any(container.name == other.name for other in pod.spec.init_containers)
    in_job = is_main and any(owner.kind == "Job" for owner in pod.metadata.owner_references)
    # Without a command, the image's own program runs. In a container that has to end, further arguments may turn a server into a command.
    has_end = in_job or is_regular_init(pod, container)
    if entry is not None and entry.starts_with(container.command, container.args) and not (has_end and _has_arguments(entry, container)):
        return _of_image(entry, container, pod)
    serves, usual_ports = _command(container, entry)
    if is_regular_init(pod, container) and not serves:
        return Guess(Run(exit_after=INIT_TAKES), Run(exit_after=INIT_TAKES).in_words, "init container")
    if in_job and not serves:
        return Guess(Run(exit_after=JOB_TAKES), Run(exit_after=JOB_TAKES).in_words, "pod of a Job")
    if entry is not None and entry.does == "ends" and _words(container, entry)[0] == entry.process and not serves:
        return Guess(Run(exit_after=JOB_TAKES), Run(exit_after=JOB_TAKES).in_words, f"{entry.process} does its task and exits")
    certain = ports_of_text((*container.command, *container.args))
    ports = list(dict.fromkeys((*certain, *_ports(container))))
    if ports or usual_ports:
        listen = tuple(Listen(port, LISTENS_AFTER, guessed=port not in certain) for port in ports or usual_ports)
        run = _with_grpc(Run(listen=listen), container)
        return Guess(run, run.in_words, "from its ports and probes" if ports else "its command starts a server")
    return Guess(Run(), Run().in_words, "its command does not exit" if serves else "main container without ports")


def _only_prints(container: Container) -> bool:
    """Whether a container's words are one that asks for a version or for help, behind the name of a program."""
    words = (*container.command, *container.args)
    return len(words) == 1 + bool(container.command) and words[-1] in ("--version", "-version", "--help", "-help")


def _words(container: Container, entry: Entry | None) -> tuple[str, ...]:
    """The command line of a container, its program without directories; arguments alone are those of a tool whose image it is."""
    words = (*container.command, *container.args)
    if not container.command and entry is not None and entry.does == "ends":
        return entry.process, *words
    return (words[0].rpartition("/")[2], *words[1:]) if container.command else ("",)


def _command(container: Container, entry: Entry | None) -> tuple[bool, list[int]]:
    """Whether the command of a container serves until it is stopped, and the ports on which such a command listens."""
    name, *_ = words = _words(container, entry)
    if not name:
        return False, []
    from simulator.userland.serving import blocks, listening_ports

    return blocks(name, words), listening_ports(name, words)


def _has_arguments(entry: Entry, container: Container) -> bool:
    """Whether arguments follow the name of the image's program. The arguments of a shell are a script, which is interpreted."""
    return bool(container.args) or (entry.does == "serves" and bool(container.command[1:]))


def _of_image(entry: Entry, container: Container, pod: Pod) -> Guess:
    kind = "image" if is_certain(container.image, entry) else "assumed"
    failure = known_failure(container, pod)
    if failure is not None:
        return Guess(failure.run, failure.run.in_words, failure.reason, kind=kind)
    has_input = bool(container.stdin or container.tty)
    moves = may_move(container) or not is_certain(container.image, entry)
    stated = stated_ports((*container.command, *container.args))
    run = _with_grpc(entry.run(_ports(container), stated=stated, moves=moves, has_input=has_input), container)
    missing = [] if moves else missing_pages(entry, container)
    run = run._replace(http=tuple(HttpRule(path, status=404) for path in missing))
    reason = f"the image {reference(container.image)[0]} is {entry.name} in the catalogue"
    if entry.does == "shell":
        reason += ", a shell with standard input" if has_input else ", a shell without a command and without standard input"
    text = run.in_words.replace("answers its probes", f"answers {', '.join(missing)} with 404") if missing else run.in_words
    return Guess(run, text, reason, kind=kind)


def _with_grpc(run: Run, container: Container) -> Run:
    """Let the ports of gRPC probes serve the health protocol."""
    ports = {probe.port for probe in probes_of(container) if probe.grpc is not None}
    return run._replace(listen=tuple(rule._replace(grpc=rule.port in ports) for rule in run.listen))


def _ports(container: Container) -> list[int]:
    """The ports that the spec declares and those of its probes."""
    named = {port.name: port.container_port for port in container.ports if port.name}
    ports = [port.container_port for port in container.ports]
    for probe in probes_of(container):
        port = named.get(probe.port) if isinstance(probe.port, str) else probe.port
        if port is not None:
            ports.append(port)
    return list(dict.fromkeys(ports))
