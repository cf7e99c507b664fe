"""The pretend container runtime of one node: the calls of CRI, each taking its time, and the containers that follow their programs."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

from simulator.container.answers import Answer, Behavior
from simulator.container.expansion import expand
from simulator.container.last_words import MOST_LOG_LINES, last_words
from simulator.container.mounts import Identity, MountSpec
from simulator.container.program import Image, Program, Run, Sandbox
from simulator.container.shells import Birth, Inside, Shells, Who
from simulator.container.status import ContainerRecord, RuntimePod, SandboxRecord, State
from simulator.engine import Engine, Gate, Order, Process, Timer
from simulator.journal.journal import Journal
from simulator.journal.records import Fact, LogLine
from simulator.objects.container import Container
from simulator.objects.kinds import Key, key_of
from simulator.objects.pod import Pod

SIGKILL_EXIT = 137
START_ERROR_EXIT = 128


class Programs(Protocol):
    """Who knows what containers do: the Scenario, and what was inferred."""

    def program(self, pod: Pod, container: Container) -> Program:
        """What this container does."""

    def sandbox(self, pod: Pod) -> Sandbox:
        """How the pod's sandbox comes up."""

    def image(self, name: str) -> Image:
        """What is known of an image."""


class Dialer(Protocol):
    """Who knows what a name and a port lead to."""

    def can_connect(self, namespace: str, node: str, host: str, port: str) -> bool:
        """Whether a connection from a pod of that namespace on that node is accepted now."""


class Failure(NamedTuple):
    """A call that the runtime refused, in its own words."""

    error: str


class _Live:
    """A container that the runtime has: its record, its pod and, once started, its behaviour."""

    def __init__(
        self, pod: Pod, container: Container, record: ContainerRecord, program: Program, env: dict[str, str], mounts: tuple[MountSpec, ...]
    ) -> None:
        self.pod = pod
        self.container = container
        self.record = record
        self.program = program
        self.env = env
        self.mounts = mounts
        self.behavior: Behavior | None = None
        self.inside: Inside | None = None
        self.log: deque[str] = deque(maxlen=MOST_LOG_LINES)
        self.timers: list[Timer] = []
        self.exited: list[Callable[[], object]] = []


class Runtime:
    """Sandboxes and containers of a node. `changed` opens whenever a container or sandbox changed its state.

    `scheme` is what container ids begin with: `containerd` or `docker`.
    """

    def __init__(
        self,
        engine: Engine,
        journal: Journal,
        programs: Programs,
        dialer: Dialer,
        node: str,
        ips: Callable[[], str],
        scheme: str,
        shells: Shells | None = None,
    ) -> None:
        self._engine = engine
        self._journal = journal
        self._programs = programs
        self._dialer = dialer
        self._shells = shells or Shells(engine)
        self.node = node
        self.scheme = scheme
        self._next_ip = ips
        self.changed = Gate(engine)
        self.watchers: list[Callable[[str], None]] = []
        self._pods: dict[str, RuntimePod] = {}
        self._live: dict[str, _Live] = {}
        self._ids = 0
        self._sandbox_attempts: dict[str, int] = {}
        self._attempts: dict[tuple[str, str], int] = {}
        self.by_ip: dict[str, str] = {}

    # ---- what there is

    def pods(self) -> list[str]:
        """The uids of pods of which there is a sandbox or a container."""
        return list(self._pods)

    def pod(self, uid: str) -> RuntimePod:
        """All there is of one pod, newest first."""
        return self._pods.get(uid, RuntimePod())

    def behavior(self, container_id: str) -> Behavior | None:
        """How a running container behaves, or None."""
        live = self._live.get(container_id)
        return live.behavior if live is not None and live.record.state is State.RUNNING else None

    def container(self, container_id: str) -> ContainerRecord | None:
        """The record of a container, or None when it was removed."""
        live = self._live.get(container_id)
        return live.record if live is not None else None

    def sandbox_mates(self, container_id: str) -> list[ContainerRecord]:
        """The running containers that share the network of this one, itself included."""
        live = self._live.get(container_id)
        return [] if live is None else [c for c in self.pod(live.pod.metadata.uid).running if c.sandbox == live.record.sandbox]

    def image_id(self, image: str) -> str:
        """What the runtime calls an image: by its digest, made from its name here."""
        repository = image.partition("@")[0]
        head, colon, tag = repository.rpartition(":")
        name = head if colon and "/" not in tag else repository
        digest = hashlib.sha256(image.encode()).hexdigest()
        return f"docker-pullable://{name}@sha256:{digest}" if self.scheme == "docker" else f"{name}@sha256:{digest}"

    # ---- sandboxes

    def run_pod_sandbox(self, pod: Pod, attempt: int) -> Process[SandboxRecord | Failure]:
        """Set up the pod's network; takes the sandbox's time, also when it fails."""
        uid = pod.metadata.uid
        sandbox = self._programs.sandbox(pod)
        tried = self._sandbox_attempts.get(uid, 0)
        self._sandbox_attempts[uid] = tried + 1
        yield self._engine.sleep(sandbox.create.draw(self._engine.streams, "sandbox", *self._name(pod)), Order.WORLD)
        if sandbox.fail_times < 0 or tried < sandbox.fail_times:
            return Failure(sandbox.error or "failed to set up sandbox")
        record = SandboxRecord(self._new_id(), attempt, self._engine.now, True, "" if pod.spec.host_network else self._next_ip())
        if record.ip:
            self.by_ip[record.ip] = uid
        self._put(uid, self.pod(uid)._replace(sandboxes=(record, *self.pod(uid).sandboxes)))
        return record

    def stop_pod_sandbox(self, uid: str) -> None:
        """Take the pod's network down; its containers must have ended."""
        pod = self.pod(uid)
        if any(sandbox.ready for sandbox in pod.sandboxes):
            self._put(uid, pod._replace(sandboxes=tuple(sandbox._replace(ready=False) for sandbox in pod.sandboxes)))

    def remove_pod(self, uid: str) -> None:
        """Forget a pod whose containers have ended."""
        pod = self._pods.pop(uid, None)
        if pod is None:
            return
        for record in pod.containers:
            self._live.pop(record.id, None)
        for sandbox in pod.sandboxes:
            self.by_ip.pop(sandbox.ip, None)
        self._shells.trees.forget(uid)
        self._tell(uid)

    # ---- containers

    def create_container(
        self, pod: Pod, container: Container, definition: str, attempt: int, env: dict[str, str], mounts: tuple[MountSpec, ...] = ()
    ) -> Process[ContainerRecord | Failure]:
        """Create an instance of a container in the pod's newest sandbox; `definition` is the hash of its spec."""
        uid = pod.metadata.uid
        program = self._programs.program(pod, container)
        run = program.run(self._attempts.get((uid, container.name), 0))
        yield self._engine.sleep(program.create.draw(self._engine.streams, "create", *self._name(pod), container.name), Order.WORLD)
        if run.create_error:
            self._count_attempt(uid, container.name)
            return Failure(run.create_error)
        sandbox = self.pod(uid).sandboxes[0]
        record = ContainerRecord(
            self._new_id(), container.name, attempt, sandbox.id, container.image, definition, State.CREATED, self._engine.now
        )
        self._live[record.id] = _Live(pod, container, record, program, env, mounts)
        self._put(uid, self.pod(uid)._replace(containers=(record, *self.pod(uid).containers)))
        return record

    def start_container(self, container_id: str) -> Process[Failure | None]:
        """Start a created container; from then on it follows the run of this start."""
        live = self._live[container_id]
        uid, name = live.pod.metadata.uid, live.record.name
        attempt = self._count_attempt(uid, name)
        run = live.program.run(attempt)
        stream = (*self._name(live.pod), name, str(attempt))
        yield self._engine.sleep(live.program.start.draw(self._engine.streams, "start", *stream), Order.WORLD)
        if run.start_error:
            self._end(live, START_ERROR_EXIT, "StartError", run.start_error)
            return Failure(run.start_error)
        # What the shell interprets opens its ports and ends by itself.
        observed = run._replace(listen=(), exit_after=None) if run.argv else run
        live.behavior = Behavior(observed, self._engine.streams, ("run", *stream))
        self._change(live, live.record._replace(state=State.RUNNING, started_at=self._engine.now))
        self._fact("container.started", live, run=attempt)
        self._engine.start(self._play(live, live.behavior, attempt))
        return None

    def stop_container(self, container_id: str, grace: int) -> Process[None]:
        """SIGTERM, then SIGKILL after `grace` nanoseconds; returns when the container has ended."""
        live = self._live.get(container_id)
        if live is None or live.record.state is not State.RUNNING:
            return
        ended = self._engine.event()
        live.exited.append(ended.set)
        self._terminate(live, grace)
        yield ended

    def when_exited(self, container_id: str, tell: Callable[[], object]) -> None:
        """Call back when the container ends; at once when it does not run."""
        live = self._live.get(container_id)
        if live is None or live.record.state is not State.RUNNING:
            tell()
        else:
            live.exited.append(tell)

    def kill(self, container_id: str, exit_code: int = SIGKILL_EXIT, reason: str = "Error") -> None:
        """End a running container from outside, at once."""
        live = self._live.get(container_id)
        if live is not None and live.record.state is State.RUNNING:
            self._end(live, exit_code, reason)

    def kill_matching(self, matches: Callable[[Pod, str], bool], exit_code: int, reason: str) -> None:
        """End the running containers, by pod and container name, that match."""
        for live in list(self._live.values()):
            if live.record.state is State.RUNNING and matches(live.pod, live.record.name):
                self._end(live, exit_code, reason)

    def accepts(self, address: str, port: int) -> bool | None:
        """Whether somebody at a pod's address accepts connections now; None when no pod here has it."""
        uid = self.by_ip.get(address)
        if uid is None:
            return None
        return self.listener(address, port) is not None

    def listener(self, address: str, port: int) -> Behavior | None:
        """Who accepts connections on a port of a pod's address now."""
        uid = self.by_ip.get(address)
        return None if uid is None else self._listener([record.id for record in self.pod(uid).running], port)

    def execute(self, container_id: str, command: list[str], timeout: int | None) -> Process[Answer]:
        """Run a command in a running container, at most for `timeout` nanoseconds (None: as long as it takes)."""
        live = self._live[container_id]
        inside = self._inside(live, live.program.run(self._attempts[live.pod.metadata.uid, live.record.name] - 1))
        outcome = yield from inside.processes.run(tuple(command), timeout)
        return Answer(SIGKILL_EXIT if outcome.code is None else outcome.code, outcome.output, 0, in_time=outcome.code is not None)

    def remove_container(self, container_id: str) -> None:
        """Forget an ended container."""
        live = self._live.pop(container_id, None)
        if live is not None:
            pod = self.pod(live.pod.metadata.uid)
            self._put(live.pod.metadata.uid, pod._replace(containers=tuple(c for c in pod.containers if c.id != container_id)))

    # ---- what a running container does

    def _play(self, live: _Live, behavior: Behavior, attempt: int) -> Process[None]:
        yield from self._await_peers(live, behavior)
        if live.record.state is not State.RUNNING:
            return
        behavior.origin = self._engine.now
        for at, line in behavior.logs:
            live.timers.append(self._engine.call_after(at, partial(self._log, live, attempt, line), Order.WORLD))
        if behavior.exit_after is not None:
            run = behavior.run
            reason = run.reason or ("Completed" if run.exit_code == 0 else "Error")
            end = self._engine.now + behavior.exit_after
            live.timers.append(self._engine.call_at(end, lambda: self._end(live, run.exit_code, reason, run.message), Order.WORLD))
        self._tell(live.pod.metadata.uid)
        run = live.program.run(attempt)
        if run.argv:
            self._begin(live, run, attempt)

    def _begin(self, live: _Live, run: Run, attempt: int) -> None:
        """Let the shell interpret the run."""
        argv = tuple(expand(word, live.env) for word in run.argv) if run.command else run.argv

        def ended(code: int) -> None:
            self._end(live, code, run.reason or ("Completed" if code == 0 else "Error"), run.message)

        self._inside(live, run).processes.begin(argv, partial(self._log, live, attempt), ended)

    def _inside(self, live: _Live, run: Run) -> Inside:
        """What is inside of a container, made when first needed."""
        if live.inside is None:
            pod, behavior = live.pod, live.behavior
            assert behavior is not None
            meta = pod.metadata
            name = self.node if pod.spec.host_network else pod.spec.hostname or meta.name
            identity = Identity(name, self.pod(meta.uid).ip, live.container.termination_message_path)
            mates = partial(self._network_of, live.record.id)
            birth = Birth(live.container, run, behavior, live.env, live.mounts, identity, lambda port: self._listener(mates(), port))
            who = Who(meta.namespace, meta.name, live.record.name, self.node, live.record.attempt)
            live.inside = self._shells.inside(who, birth)
            if not run.argv:
                image = live.container.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
                # A hook that stops the container is over before the container is.
                stop = lambda: self._engine.call_after(0, lambda: self._terminate(live, None), Order.OBSERVE)  # noqa: E731
                live.inside.processes.stand_in(image, stop)
        return live.inside

    def _network_of(self, container_id: str) -> list[str]:
        return [record.id for record in self.sandbox_mates(container_id)]

    def _listener(self, ids: list[str], port: int) -> Behavior | None:
        behaviors = (self.behavior(container_id) for container_id in ids)
        return next((found for found in behaviors if found is not None and found.listens(port, self._engine.now)), None)

    def _await_peers(self, live: _Live, behavior: Behavior) -> Process[None]:
        """Ask for the hosts that the run waits for, one after the other, each in its own rhythm."""
        namespace = live.pod.metadata.namespace
        for wait in behavior.run.wait_for:
            host, port = expand(wait.host, live.env), expand(wait.port, live.env)
            while live.record.state is State.RUNNING and not self._dialer.can_connect(namespace, self.node, host, port):
                yield self._engine.sleep(wait.period.draw(self._engine.streams, "wait", *self._name(live.pod)), Order.OBSERVE)

    def _terminate(self, live: _Live, grace: int | None) -> None:
        """What a signal to stop does; `grace` None: nobody will send SIGKILL after it."""
        behavior, term = live.behavior, live.program.run(0).term
        if behavior is not None:
            term = behavior.run.term
        if live.inside is not None and live.inside.processes.interprets and grace is not None:
            live.timers.append(self._engine.call_after(grace, lambda: self._end(live, SIGKILL_EXIT, "Error"), Order.WORLD))
            live.inside.processes.signal("TERM")
            return
        if behavior is not None and not term.ignore and (grace is None or behavior.term_delay <= grace):
            reason = "Completed" if term.exit_code == 0 else "Error"
            delay = behavior.term_delay
            live.timers.append(self._engine.call_after(delay, lambda: self._end(live, term.exit_code, reason), Order.WORLD))
            return
        if grace is not None:
            live.timers.append(self._engine.call_after(grace, lambda: self._end(live, SIGKILL_EXIT, "Error"), Order.WORLD))

    def _end(self, live: _Live, exit_code: int, reason: str, message: str = "") -> None:
        if live.record.state is State.EXITED:
            return
        for timer in live.timers:
            timer.cancel()
        message = self._last_words(live, exit_code, message)
        if live.inside is not None:
            live.inside.processes.close()
        self._change(
            live,
            live.record._replace(state=State.EXITED, finished_at=self._engine.now, exit_code=exit_code, reason=reason, message=message),
        )
        self._fact("container.exited", live, exitCode=exit_code, reason=reason)
        for tell in live.exited:
            tell()

    def _last_words(self, live: _Live, exit_code: int, message: str) -> str:
        """The termination message: what was said to be one, else what stands in the file, else what the log says."""
        if live.record.started_at is None:
            return message
        path = live.container.termination_message_path
        if live.inside is not None and path and not message:
            text = live.inside.files.read(path)
            message = text if isinstance(text, str) else ""
        return last_words(message, list(live.log), live.container.termination_message_policy, exit_code)

    # ---- bookkeeping

    def _change(self, live: _Live, record: ContainerRecord) -> None:
        live.record = record
        uid = live.pod.metadata.uid
        pod = self.pod(uid)
        self._put(uid, pod._replace(containers=tuple(record if c.id == record.id else c for c in pod.containers)))

    def _put(self, uid: str, pod: RuntimePod) -> None:
        self._pods[uid] = pod
        self._tell(uid)

    def _tell(self, uid: str) -> None:
        self.changed.open()
        for watcher in self.watchers:
            watcher(uid)

    def _count_attempt(self, uid: str, name: str) -> int:
        attempt = self._attempts.get((uid, name), 0)
        self._attempts[uid, name] = attempt + 1
        return attempt

    def _new_id(self) -> str:
        self._ids += 1
        return f"{self._engine.streams.stream('id', self.node).getrandbits(256):064x}"

    def _name(self, pod: Pod) -> tuple[str, str]:
        return pod.metadata.namespace, pod.metadata.name

    def _log(self, live: _Live, attempt: int, line: str) -> None:
        meta = live.pod.metadata
        live.log.append(line)
        self._journal.append(LogLine(self._engine.now, line, "", self.node, meta.namespace, meta.name, live.record.name, attempt))

    def _fact(self, what: str, live: _Live, **data: object) -> None:
        about: Key = key_of(live.pod)
        self._journal.append(Fact(self._engine.now, what, about, {"container": live.record.name, **data}))
