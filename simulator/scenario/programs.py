"""The programs of containers: the Scenario's, matched to containers, and inferred ones for the rest."""

from __future__ import annotations

from simulator.container.catalogue import size_of
from simulator.container.program import Image, Program, Sandbox
from simulator.container.start_checks import StartFailure
from simulator.engine.durations import Fixed
from simulator.images.contents import Contents, contents
from simulator.images.reference import reference
from simulator.journal.store import Store
from simulator.objects.container import Container
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, Object
from simulator.objects.pod import Pod
from simulator.scenario import write
from simulator.scenario.commands import interpreted
from simulator.scenario.inference import Inference
from simulator.scenario.spec import ImageSpec, Match, ProgramRule, Scenario


class ProgramTable:
    """Looks up programs, sandboxes and images for the runtimes. The first rule that matches wins; the rest is inferred."""

    def __init__(self, scenario: Scenario, store: Store, inference: Inference) -> None:
        self._scenario = scenario
        self._store = store
        self._inference = inference
        self.rules: tuple[ProgramRule, ...] = scenario.programs

    def program(self, pod: Pod, container: Container) -> Program:
        """The program of a container."""
        for rule in self.rules:
            if rule.program is not None and self.matches(rule.match, pod, container):
                if rule.interpret:
                    return self._interpreting(rule.program, pod, container)
                return self._with_work(rule.program, pod, container)
        return self._inference.program(pod, container, self.workload_of(pod))

    def _with_work(self, program: Program, pod: Pod, container: Container) -> Program:
        """Give a script the assumed work of its container, for unknown commands in it."""
        if not any(run.script for run in program.runs):
            return program
        work = self._inference.work(pod, container)
        runs = (run._replace(listen=work.listen, exit_after=work.exit_after, assumed=True) if run.script else run for run in program.runs)
        return program._replace(runs=tuple(runs))

    def _interpreting(self, program: Program, pod: Pod, container: Container) -> Program:
        """The program with the container's own command line to interpret, if podsim knows its command."""
        argv = interpreted(pod, container)
        runs = tuple(run._replace(command=argv) for run in program.runs)
        return program._replace(runs=runs, is_unknown=self._inference.is_unknown(pod, container))

    def sandbox(self, pod: Pod) -> Sandbox:
        """How the pod's sandbox is created."""
        for rule in self.rules:
            if rule.sandbox is not None and self.matches(rule.match, pod, None):
                return rule.sandbox
        return self._scenario.sandbox

    def image(self, name: str) -> Image:
        """The properties of an image: of the entry with its name, else of the first glob that matches."""
        spec = self._image_spec(name)
        if spec is None:
            return self._inference.image(name)
        image = self._described(name, spec) if spec.describes_pulls else self._inference.image(name)
        return image._replace(architectures=spec.architectures)

    def image_user(self, name: str) -> str | None:
        """See `known_user`; None is assumed not to be root."""
        user = self.known_user(name)
        if user is None:
            override = f"images: {write.flow({name: {'user': '0'}})}"
            reason = "runAsNonRoot requires it, and the image is not in the catalogue"
            self._inference.note(f"image {name}", "has a numeric user other than 0", reason, override)
        return user

    def known_user(self, name: str) -> str | None:
        """The user of an image: the Scenario's, else the catalogue's; None: unknown."""
        spec = self._image_spec(name)
        if spec is not None and spec.user:
            return spec.user
        from simulator.container.image_users import user_of

        return user_of(name)

    def contents(self, name: str) -> Contents:
        """The programs of an image: those that are known, or that the Scenario states."""
        spec = self._image_spec(name)
        return contents(name) if spec is None else contents(name, spec.like, spec.executables)

    def assume_program(self, name: str, command: str) -> None:
        """Record the assumption that an image has a program."""
        known = self.contents(name)
        some = f"podsim knows only some of the programs of {reference(name)[0]}"
        self._inference.assume_program(name, command, some if known.is_known else "podsim has no list of its programs")

    def start_failed(self, pod: Pod, container: Container, failure: StartFailure | None) -> None:
        """Whether a start of a container failed, which decides what has to be assumed of it."""
        self._inference.start_failed(pod, container, self.workload_of(pod), failure)

    def assume(self, subject: str, text: str, reason: str, override: str) -> None:
        """Record an assumption about a node."""
        self._inference.note(subject, text, reason, override)

    def _image_spec(self, name: str) -> ImageSpec | None:
        images = self._scenario.images
        return images.get(name) or next((image for glob, image in images.items() if glob_matches(name, glob)), None)

    def _described(self, name: str, spec: ImageSpec) -> Image:
        """An image of the Scenario, completed by the catalogue and the cluster's bandwidth."""
        size = size_of(name) if spec.size is None else spec.size
        pulls = self._scenario.pulls
        if spec.pull is not None:
            return Image(spec.cached, size, spec.pull, spec.fail_times, spec.error)
        return Image(spec.cached, size, pulls.takes(size), spec.fail_times, spec.error, Fixed(pulls.latency))

    def workload_of(self, pod: Pod) -> str:
        """The topmost controller of a pod as `kind/name`, or the pod itself if it has none."""
        item: Object = pod
        while owner := next((o for o in item.metadata.owner_references if o.controller), None):
            parent = self._store.get(Key(owner.kind, item.metadata.namespace, owner.name))
            if parent is None:
                return f"{owner.kind.lower()}/{owner.name}"
            item = parent
        return f"{item.kind.lower()}/{item.metadata.name}"

    def matches(self, match: Match, pod: Pod, container: Container | None) -> bool:
        """Whether a match means a container of a pod, or, without a container, the pod."""
        pairs = [(match.namespace, pod.metadata.namespace)]
        if container is not None:
            pairs += [(match.container, container.name), (match.image, container.image)]
        if not all(glob_matches(value, glob) for glob, value in pairs if glob):
            return False
        if match.pod and not any(glob_matches(name, match.pod) for name in _names(pod)):
            return False
        return not match.workload or glob_matches(self.workload_of(pod), match.workload.lower())


def _names(pod: Pod) -> list[str]:
    """A pod's name, and the prefix that it was generated from: `pi-1` is the pod of index 1 of the Job `pi`."""
    return [pod.metadata.name, *([pod.metadata.generate_name.rstrip("-")] if pod.metadata.generate_name else [])]
