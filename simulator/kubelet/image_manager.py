"""Makes sure that a container's image is on the node before the container is created (pkg/kubelet/images)."""

from __future__ import annotations

import re
from collections import deque

from simulator.client.recorder import NORMAL, WARNING
from simulator.container.images import ImageStore
from simulator.engine import Event, Process
from simulator.kubelet.back_off import BackOff
from simulator.kubelet.config import IMAGE_BACK_OFF_INITIAL, IMAGE_BACK_OFF_MAX
from simulator.kubelet.container_statuses import Reason
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.startup_latency import StartupLatency
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.units import MILLISECOND, SECOND, format_duration


class ImageManager:
    """Decides whether to pull, pulls, backs off."""

    def __init__(self, node: NodeContext, images: ImageStore, latency: StartupLatency) -> None:
        self._node = node
        self._engine = node.engine
        self._dialect = node.dialect
        self._images = images
        self._latency = latency
        self._busy = False
        self._queue: deque[Event] = deque()
        self._back_off = BackOff(IMAGE_BACK_OFF_INITIAL, IMAGE_BACK_OFF_MAX)
        self._last_errors: dict[str, str] = {}

    def ensure(self, pod: Pod, container: Container) -> Process[Reason | None]:
        """Pull the image if its policy says so. None when the image is there, else why the container cannot start."""
        image, policy = container.image, container.image_pull_policy or "IfNotPresent"
        problem = invalid_reference(image)
        if problem is not None:  # IMG-01
            message = self._dialect.say("image.invalid", image=image, problem=problem)
            self._event(pod, container, WARNING, "InspectFailed", message, "IMG-01")
            return Reason("InvalidImageName", message, "IMG-01")
        present = self._images.has(image)
        if policy == "Never" or (policy == "IfNotPresent" and present):  # IMG-02
            return self._without_pull(pod, container, present=present)
        key = f"{pod.metadata.uid}_{image}"
        if self._back_off.waits_since_update(key, self._engine.now):  # IMG-03
            self._event(pod, container, NORMAL, "BackOff", self._dialect.say("image.back_off", image=image), "IMG-03")
            error = self._last_errors.get(key, "")
            return Reason("ImagePullBackOff", self._dialect.say("image.back_off_error", image=image, error=error), "IMG-03")
        return (yield from self._pull(pod, container, key))

    def _without_pull(self, pod: Pod, container: Container, *, present: bool) -> Reason | None:
        if present:
            self._event(pod, container, NORMAL, "Pulled", self._dialect.say("image.present", image=container.image), "IMG-02")
            return None
        message = self._dialect.say("image.never", image=container.image)
        self._event(pod, container, WARNING, "ErrImageNeverPull", message, "IMG-02")
        return Reason("ErrImageNeverPull", message, "IMG-02")

    def _pull(self, pod: Pod, container: Container, key: str) -> Process[Reason | None]:
        image = container.image
        self._latency.pull_began(pod.metadata.uid)
        self._event(pod, container, NORMAL, "Pulling", self._dialect.say("image.pulling", image=image), "IMG-02")
        queued = self._engine.now
        yield from self._take_turn()
        began = self._engine.now
        error = yield from self._images.pull(image)
        self._give_turn()
        if error:
            self._event(pod, container, WARNING, "Failed", self._dialect.say("image.failed", image=image, error=error), "IMG-03")
            self._back_off.next(key, self._engine.now, self._engine.now)
            delay = self._back_off.delay(key)
            seconds = {"delay": delay / SECOND, "until": (self._engine.now + delay) / SECOND}
            self._node.recorder.note(pod, "image.backs_off", "IMG-03", container=container.name, image=image, **seconds)
            self._last_errors[key] = error
            return Reason("ErrImagePull", error, "IMG-03")
        self._latency.pull_ended(pod.metadata.uid)
        message = self._dialect.say(
            "image.pulled",
            image=image,
            duration=_milliseconds(self._engine.now - began),
            waited=_milliseconds(self._engine.now - queued),
            size=self._images.size(image),
        )
        self._event(pod, container, NORMAL, "Pulled", message, "IMG-02")
        return None

    def _take_turn(self) -> Process[None]:
        """Wait until no other pull is under way, when pulls are serialized."""
        if self._node.config.serialize_image_pulls and self._busy:  # IMG-04
            turn = self._engine.event()
            self._queue.append(turn)
            yield turn
        self._busy = True

    def _give_turn(self) -> None:
        self._busy = False
        if self._queue:
            self._busy = True
            self._queue.popleft().set()

    def _event(self, pod: Pod, container: Container, type_: str, reason: str, message: str, rule: str) -> None:
        self._node.recorder.event(pod, type_, reason, message, rule, container=container.name)


def _milliseconds(duration: int) -> str:
    return format_duration(duration // MILLISECOND * MILLISECOND)


_REFERENCE = re.compile(
    r"(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.[a-zA-Z0-9-]+)*(?::\d+)?/)?"
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
    r"(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)


def invalid_reference(image: str) -> str | None:
    """The error of distribution/reference for an image name that is not a valid reference; None when it is one."""
    if _REFERENCE.fullmatch(image):
        return None
    host, slash, rest = image.partition("/")
    # The first part is a registry when it cannot be the beginning of a repository's name (distribution's splitDockerDomain).
    has_registry = slash and (re.search(r"[.:]", host) or host == "localhost" or host.lower() != host)
    remainder = rest if has_registry else image if slash else f"library/{image}"
    path = remainder.partition(":")[0]
    return "invalid reference format" + (f": repository name ({path}) must be lowercase" if path.lower() != path else "")
