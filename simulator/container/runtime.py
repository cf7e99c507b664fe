"""The pretend container runtime of one node: the calls of CRI, each taking its time, and the containers that follow their programs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

from simulator.container.answers import Answer
from simulator.container.behavior import Behavior
from simulator.container.exits import BY_ACTION, BY_RUNTIME, SIGKILL_EXIT
from simulator.container.instance import Instance, listener
from simulator.container.interior import Shells
from simulator.container.lifecycle import Dialer, Life
from simulator.container.mounts import MountSpec
from simulator.container.program import Image, Program, Sandbox
from simulator.container.status import ContainerRecord, RuntimePod, SandboxRecord, State
from simulator.engine import Engine, Event, Gate, Order, Process
from simulator.journal.journal import Journal
from simulator.objects.container import Container
from simulator.objects.meta import lasting_name
from simulator.objects.pod import Pod

START_ERROR_EXIT = 128


class Programs(Protocol):
    """Who knows what containers do: the Scenario, and what was inferred."""

    def program(self, pod: Pod, container: Container) -> Program:
        """What this container does."""

    def sandbox(self, pod: Pod) -> Sandbox:
        """How the pod's sandbox comes up."""

    def image(self, name: str) -> Image:
        """What is known of an image."""


class Failure(NamedTuple):
    """A call that the runtime refused, in its own words."""

    error: str


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
        host_ip: str = "",
    ) -> None:
        self._engine = engine
        self._programs = programs
        self._shells = shells or Shells(engine)
        self._life = Life(engine, journal, dialer, self._shells, self)
        self.node = node
        self.scheme = scheme
        self.host_ip = host_ip
        self._next_ip = ips
        self.changed = Gate(engine)
        self.watchers: list[Callable[[str], None]] = []
        self._pods: dict[str, RuntimePod] = {}
        self._live: dict[str, Instance] = {}
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
        return live.behavior if live is not None and live.is_running else None

    def container(self, container_id: str) -> ContainerRecord | None:
        """The record of a container, or None when it was removed."""
        live = self._live.get(container_id)
        return live.record if live is not None else None

    def sandbox_mates(self, container_id: str) -> list[ContainerRecord]:
        """The running containers that share the network of this one, itself included."""
        live = self._live.get(container_id)
        return [] if live is None else [c for c in self.pod(live.pod.metadata.uid).running if c.sandbox == live.record.sandbox]

    def settled_until(self, container_id: str) -> int | None:
        """The instant until which the containers of this network answer as they do now, if nothing else happens; None: for ever.

        Now, when that cannot be told: what processes do is not known beforehand.
        """
        now = self._engine.now
        mates = [self._live[record.id] for record in self.sandbox_mates(container_id)]
        if any(mate.run.argv or mate.inside is not None or mate.behavior is None or mate.behavior.origin is None for mate in mates):
            return now
        changes = (mate.behavior.next_change(now) for mate in mates if mate.behavior is not None)
        return min((change for change in changes if change is not None), default=None)

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
        self.tell(uid)

    # ---- containers

    def refresh_volumes(self, mounts: tuple[MountSpec, ...]) -> None:
        """Write volumes anew whose sources have changed."""
        for mount in mounts:
            self._shells.trees.refresh(mount)

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
        self._live[record.id] = Instance(pod, container, record, program, env, mounts)
        self._put(uid, self.pod(uid)._replace(containers=(record, *self.pod(uid).containers)))
        return record

    def start_container(self, container_id: str) -> Process[Failure | None]:
        """Start a created container; from then on it follows the run of this start."""
        live = self._live[container_id]
        uid, name = live.pod.metadata.uid, live.record.name
        attempt = self._count_attempt(uid, name)
        live.run, live.attempt = live.program.run(attempt), attempt
        stream = (*live.stream, name, str(attempt))
        yield self._engine.sleep(live.program.start.draw(self._engine.streams, "start", *stream), Order.WORLD)
        if live.run.start_error:
            self._life.end(live, START_ERROR_EXIT, "StartError", live.run.start_error, by=BY_RUNTIME)
            return Failure(live.run.start_error)
        self._life.start(live)
        return None

    def stop_container(self, container_id: str, grace: int, cancelled: Event | None = None) -> Process[None]:
        """SIGTERM, then SIGKILL after `grace` nanoseconds; returns when the container has ended, or when the caller has `cancelled`."""
        live = self._live.get(container_id)
        if live is None or not live.is_running:
            return
        ended = self._engine.event()
        live.exited.append(ended.set)
        if cancelled is not None:
            cancelled.then(ended.set)
        self._life.stop(live, grace)
        yield ended

    def when_exited(self, container_id: str, tell: Callable[[], object]) -> None:
        """Call back when the container ends; at once when it does not run."""
        live = self._live.get(container_id)
        if live is None or not live.is_running:
            tell()
        else:
            live.exited.append(tell)

    def kill(self, container_id: str, exit_code: int = SIGKILL_EXIT, reason: str = "Error") -> None:
        """End a running container from outside, at once."""
        live = self._live.get(container_id)
        if live is not None and live.is_running:
            self._life.kill(live, exit_code, reason, BY_ACTION)

    def kill_matching(self, matches: Callable[[Pod, str], bool], exit_code: int, reason: str) -> None:
        """End the running containers, by pod and container name, that match."""
        for live in list(self._live.values()):
            if live.is_running and matches(live.pod, live.record.name):
                self._life.kill(live, exit_code, reason, BY_ACTION)

    def accepts(self, address: str, port: int) -> bool | None:
        """Whether somebody at an address accepts connections now; None when no pod here has it."""
        there = self._at(address)
        return None if there is None else listener(there, port, self._engine.now) is not None

    def listener(self, address: str, port: int) -> Behavior | None:
        """Who accepts connections on a port of an address now."""
        return listener(self._at(address) or [], port, self._engine.now)

    def _at(self, address: str) -> list[Instance] | None:
        """The running containers behind an address; None when no pod here has it. Pods in the node's network have the node's."""
        uid = self.by_ip.get(address)
        if uid is not None:
            return [self._live[record.id] for record in self.pod(uid).running]
        if address != self.host_ip:
            return None
        return [live for live in self._live.values() if live.is_running and live.pod.spec.host_network]

    def execute(self, container_id: str, command: list[str], timeout: int | None) -> Process[Answer]:
        """Run a command in a running container, at most for `timeout` nanoseconds (None: as long as it takes)."""
        return self._life.execute(self._live[container_id], command, timeout)

    def remove_container(self, container_id: str) -> None:
        """Forget an ended container."""
        live = self._live.pop(container_id, None)
        if live is not None:
            pod = self.pod(live.pod.metadata.uid)
            self._put(live.pod.metadata.uid, pod._replace(containers=tuple(c for c in pod.containers if c.id != container_id)))

    # ---- for Life

    def replace(self, live: Instance, record: ContainerRecord) -> None:
        """A container has another record."""
        live.record = record
        uid = live.pod.metadata.uid
        pod = self.pod(uid)
        self._put(uid, pod._replace(containers=tuple(record if c.id == record.id else c for c in pod.containers)))

    def mates(self, live: Instance) -> list[Instance]:
        """The running containers that share its network, itself included."""
        return [self._live[record.id] for record in self.sandbox_mates(live.record.id)]

    def address(self, live: Instance) -> str:
        """The address of its pod."""
        return self.pod(live.pod.metadata.uid).ip or self.host_ip

    def tell(self, uid: str) -> None:
        """Something about a pod changed."""
        self.changed.open()
        for watcher in self.watchers:
            watcher(uid)

    # ---- bookkeeping

    def _put(self, uid: str, pod: RuntimePod) -> None:
        self._pods[uid] = pod
        self.tell(uid)

    def _count_attempt(self, uid: str, name: str) -> int:
        attempt = self._attempts.get((uid, name), 0)
        self._attempts[uid, name] = attempt + 1
        return attempt

    def _new_id(self) -> str:
        self._ids += 1
        return f"{self._engine.streams.stream('id', self.node).getrandbits(256):064x}"

    def _name(self, pod: Pod) -> tuple[str, str]:
        return pod.metadata.namespace, lasting_name(pod.metadata)
