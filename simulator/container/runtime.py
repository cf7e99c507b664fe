"""The simulated container runtime of one node: the calls of CRI, each with its latency."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from simulator.container.answers import Answer, Streams
from simulator.container.container_table import ContainerTable
from simulator.container.exits import BY_ACTION, BY_RUNTIME, Exit
from simulator.container.facts import ContainerFacts
from simulator.container.instance import Instance
from simulator.container.interior import InteriorFactory
from simulator.container.lifecycle import Lifecycle
from simulator.container.lookup import EXEC_FAILED, Executables
from simulator.container.mounts import MountSpec
from simulator.container.start_checks import start_failure, with_too_long_arguments, without_config_file, wrong_architecture
from simulator.container.status import ContainerRecord, SandboxRecord, State
from simulator.engine import Engine, Order, Process
from simulator.journal.journal import Journal
from simulator.objects.base import evolve
from simulator.objects.container import Container, ResourceRequirements
from simulator.objects.meta import lasting_name
from simulator.objects.pod import Pod
from simulator.units import MILLISECOND

if TYPE_CHECKING:
    from simulator.container.surroundings import Dialer, Programs

START_ERROR_EXIT = 128
UPDATE_TAKES = 10 * MILLISECOND
"""How long the runtime takes to change the resources of a container. Assumed."""


class Failure(NamedTuple):
    """A call that failed, with the runtime's error."""

    error: str


class RuntimeSettings(NamedTuple):
    """The node of a runtime, its address, the scheme of container ids (`containerd` or `docker`), and the node's architecture.

    `boot_id`: which boot of the node this is.
    """

    node: str
    host_ip: str = ""
    scheme: str = "containerd"
    architecture: str = "amd64"
    boot_id: str = ""


class Runtime(ContainerTable):
    """The runtime of one node."""

    def __init__(
        self,
        engine: Engine,
        journal: Journal,
        programs: Programs,
        dialer: Dialer,
        interiors: InteriorFactory,
        settings: RuntimeSettings,
        allocate_ip: Callable[[], str],
    ) -> None:
        super().__init__(engine, settings.node, settings.host_ip)
        self.scheme = settings.scheme
        self.boot_id = settings.boot_id
        self._architecture = settings.architecture
        self._programs = programs
        self._interiors = interiors
        self._allocate_ip = allocate_ip
        self._lifecycle = Lifecycle(engine, ContainerFacts(engine, journal, settings.node), dialer, interiors, self)
        self._sandbox_attempts: dict[str, int] = {}
        self._attempts: dict[tuple[str, str], int] = {}

    def image_id(self, image: str) -> str:
        """The runtime's name of an image: its digest, which is made from its name here."""
        repository = image.partition("@")[0]
        head, colon, tag = repository.rpartition(":")
        name = head if colon and "/" not in tag else repository
        digest = hashlib.sha256(image.encode()).hexdigest()
        return f"docker-pullable://{name}@sha256:{digest}" if self.scheme == "docker" else f"{name}@sha256:{digest}"

    # ---- sandboxes

    def run_pod_sandbox(self, pod: Pod, attempt: int) -> Process[SandboxRecord | Failure]:
        """Set up the pod's network. A failure takes as long as a success."""
        uid = pod.metadata.uid
        sandbox = self._programs.sandbox(pod)
        attempts = self._sandbox_attempts.get(uid, 0)
        self._sandbox_attempts[uid] = attempts + 1
        yield self._engine.sleep(sandbox.create.draw(self._engine.streams, "sandbox", *_stream(pod)), Order.WORLD)
        if sandbox.fail_times < 0 or attempts < sandbox.fail_times:
            return Failure(sandbox.error or "failed to set up sandbox")
        record = SandboxRecord(self._new_id(), attempt, self._engine.now, True, "" if pod.spec.host_network else self._allocate_ip())
        if record.ip:
            self.by_ip[record.ip] = uid
        self.put(uid, self.pod(uid)._replace(sandboxes=(record, *self.pod(uid).sandboxes)))
        return record

    def stop_pod_sandbox(self, uid: str) -> None:
        """Take down the network of a pod whose containers have ended."""
        pod = self.pod(uid)
        if any(sandbox.ready for sandbox in pod.sandboxes):
            self.put(uid, pod._replace(sandboxes=tuple(sandbox._replace(ready=False) for sandbox in pod.sandboxes)))

    def remove_pod(self, uid: str) -> None:
        """Remove everything of a pod whose containers have ended."""
        for record in self.pod(uid).containers:
            self._logs.pop((uid, record.name), None)
        self.drop(uid)
        self._interiors.trees.forget(uid)

    # ---- images and the node's files

    def image_user(self, name: str) -> str | None:
        """The user of an image, a number or a name; None: unknown, and assumed not to be root."""
        return self._programs.image_user(name)

    def assume(self, subject: str, text: str, reason: str, override: str) -> None:
        """Record an assumption about the node."""
        self._programs.assume(subject, text, reason, override)

    def host_entry(self, path: str) -> str | None:
        """What containers have put at a path of the node: `dir`, `file` or `link`; None: nothing."""
        return self._interiors.trees.kind(("host", self.node), path)

    # ---- containers

    def refresh_volumes(self, mounts: tuple[MountSpec, ...]) -> None:
        """Write the present content of volumes whose sources have changed."""
        for mount in mounts:
            self._interiors.trees.refresh(mount)

    def create_container(
        self, pod: Pod, container: Container, definition: str, attempt: int, env: dict[str, str], mounts: tuple[MountSpec, ...] = ()
    ) -> Process[ContainerRecord | Failure]:
        """Create an instance of a container in the pod's newest sandbox; `definition` is the hash of its spec."""
        uid = pod.metadata.uid
        program = self._programs.program(pod, container)
        run = program.run(self._attempts.get((uid, container.name), 0))
        yield self._engine.sleep(program.create.draw(self._engine.streams, "create", *_stream(pod), container.name), Order.WORLD)
        if run.create_error:
            self._count_attempt(uid, container.name)
            return Failure(run.create_error)
        sandbox, image = self.pod(uid).sandboxes[0].id, container.image
        record = ContainerRecord(
            self._new_id(),
            container.name,
            attempt,
            sandbox,
            image,
            definition,
            State.CREATED,
            self._engine.now,
            resources=container.resources,
        )
        self.add(Instance(pod, container, record, program, env, mounts))
        return record

    def start_container(self, container_id: str) -> Process[Failure | None]:
        """Start a created container, which then follows the run of this start."""
        instance = self._instances[container_id]
        name = instance.record.name
        instance.attempt = self._count_attempt(instance.pod.metadata.uid, name)
        instance.run = instance.program.run(instance.attempt)
        stream = (*instance.stream, name, str(instance.attempt))
        yield self._engine.sleep(instance.program.start.draw(self._engine.streams, "start", *stream), Order.WORLD)
        image = instance.container.image
        instance.image_user = partial(self._programs.known_user, image)
        instance.executables = Executables(image, self._programs.contents(image), partial(self._programs.assume_program, image))
        failure = None if instance.run.start_error else start_failure(instance, self._interiors.trees)
        self._programs.start_failed(instance.pod, instance.container, failure)
        error = instance.run.start_error if failure is None else failure.message
        if error:
            self._lifecycle.end(instance, Exit(START_ERROR_EXIT, "StartError", error, BY_RUNTIME))
            return Failure(error)
        if not self._programs.image(image).runs_on(self._architecture):
            instance.run = wrong_architecture(instance.container)
        elif (run := with_too_long_arguments(instance) or without_config_file(instance, self._interiors.trees)) is not None:
            instance.run = run
        self._lifecycle.start(instance)
        return None

    def resize_container(self, container_id: str, resources: ResourceRequirements) -> Process[None]:
        """Give a running container other resources, without a restart (UpdateContainerResources)."""
        yield self._engine.sleep(UPDATE_TAKES, Order.WORLD)
        instance = self._instances.get(container_id)
        if instance is not None and instance.is_running:
            instance.container = evolve(instance.container, resources=resources)
            self.update(instance, instance.record._replace(resources=resources))
            self._lifecycle.watch_memory(instance)

    def stop_container(self, container_id: str, grace: int) -> Process[None]:
        """Send SIGTERM once, and SIGKILL `grace` nanoseconds after this call; return when the container has ended.

        A caller that goes away takes the SIGKILL with it.
        """
        instance = self._instances.get(container_id)
        if instance is None or not instance.is_running:
            return
        ended = self._engine.event()
        instance.exit_callbacks.append(ended.set)
        deadline = self._lifecycle.stop(instance, grace)
        try:
            yield ended
        finally:
            deadline.cancel()

    def when_exited(self, container_id: str, callback: Callable[[], object]) -> None:
        """Call back when the container ends; at once if it is not running."""
        instance = self._instances.get(container_id)
        if instance is None or not instance.is_running:
            callback()
        else:
            instance.exit_callbacks.append(callback)

    def kill_matching(self, matches: Callable[[Pod, str], bool], exit_code: int, reason: str) -> None:
        """Kill the running containers whose pod and name match."""
        for instance in list(self._instances.values()):
            if instance.is_running and matches(instance.pod, instance.record.name):
                self._lifecycle.kill(instance, Exit(exit_code, reason, "", BY_ACTION))

    def end_containers(self, uid: str, exit_: Exit) -> list[Instance]:
        """End a pod's running containers without a signal; which these were."""
        ended = [self._instances[record.id] for record in self.pod(uid).running]
        for instance in ended:
            self._lifecycle.end(instance, exit_)
        return ended

    def execute(self, container_id: str, command: list[str], timeout: int | None, streams: Streams | None = None) -> Process[Answer]:
        """Run a command in a running container, for at most `timeout` nanoseconds (None: without a limit)."""
        instance = self._instances[container_id]
        error = self._lifecycle.exec_error(instance, command)
        if error:
            number = self._engine.streams.stream("exec", self.node).getrandbits(256)
            return Answer(0, "", 0, error=EXEC_FAILED.format(id=f"{number:064x}") + error)
        return (yield from self._lifecycle.execute(instance, command, timeout, streams))

    # ---- bookkeeping

    def _count_attempt(self, uid: str, name: str) -> int:
        attempt = self._attempts.get((uid, name), 0)
        self._attempts[uid, name] = attempt + 1
        return attempt

    def _new_id(self) -> str:
        return f"{self._engine.streams.stream('id', self.node).getrandbits(256):064x}"


def _stream(pod: Pod) -> tuple[str, str]:
    """The name of a pod's streams of random numbers."""
    return pod.metadata.namespace, lasting_name(pod.metadata)
