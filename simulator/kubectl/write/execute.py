"""`kubectl exec`: a command in a container of a pod (kubectl/pkg/cmd/exec)."""

from __future__ import annotations

from simulator.api import ApiError
from simulator.container.answers import Streams
from simulator.engine import Process
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.resolve import kinds_of
from simulator.kubectl.verb import Verb, options
from simulator.kubectl.workload_pods import pods_of
from simulator.kubectl.write.acting import Acting, Writing
from simulator.kubectl.write.targets import one_named
from simulator.objects.kinds import BY_NAME
from simulator.objects.labels import DEFAULT_CONTAINER
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended

ERR = 2


def _exec(words: Words) -> Request:
    if words.dash == -1 and len(words.args) > 1:
        raise Refusal("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead", usage=True)
    names = words.args if words.dash == -1 else words.args[: words.dash]
    command = [] if words.dash == -1 else words.args[words.dash :]
    if not names:
        raise Refusal("pod, type/name or --filename must be specified")
    if not command:
        raise Refusal("you must specify at least one command for the container")
    return Request("exec", names[0], options(words, "container", command=command))


def execute(acting: Acting) -> Process[None]:
    """Run the request's command; its exit code becomes kubectl's."""
    pod = _pod(acting)
    if has_ended(pod):
        raise Complaint(f"cannot exec into a container in a completed pod; current phase is {pod.status.phase}")
    name = _container(acting, pod)
    acting.authorize("create", BY_NAME["Pod"], pod.metadata.namespace, pod.metadata.name, "exec")
    if not pod.spec.node_name:
        raise ApiError("BadRequest", f"pod {pod.metadata.name} does not have a host assigned")
    statuses = [*pod.status.container_statuses, *pod.status.init_container_statuses, *pod.status.ephemeral_container_statuses]
    state = next((status for status in statuses if status.name == name), None)
    if state is None or not state.container_id or state.state is None or state.state.running is None:
        raise Complaint(f'Internal error occurred: unable to upgrade connection: container not found ("{name}")')
    command = [str(word) for word in acting.option("command", [])]
    printed: list[tuple[int, str]] = []
    streams = Streams(lambda fd, text: printed.append((fd, text)))
    outcome = yield from acting.site.containers.execute(pod.spec.node_name, state.container_id.rpartition("/")[2], command, streams)
    if outcome is None:
        raise Complaint(f'Internal error occurred: unable to upgrade connection: container not found ("{name}")')
    if outcome.error:
        raise Complaint(f"Internal error occurred: Internal error occurred: error executing command in container: {outcome.error}")
    acting.answer.changed = True
    for fd, text in printed:
        (acting.err if fd == ERR else acting.out)(text)
    if outcome.text:
        acting.out(outcome.text if outcome.text.endswith("\n") else f"{outcome.text}\n")
    if outcome.code:
        acting.err(f"command terminated with exit code {outcome.code}\n")
        acting.answer.code = outcome.code


def _pod(acting: Acting) -> Pod:
    """The pod that is meant: by its name, or the first one of a workload. Raises ApiError, Complaint."""
    type_, slash, name = str(acting.request.target).partition("/")
    kind = kinds_of(type_ if slash else "pod", acting.store)[0]
    item = one_named(acting, kind, name if slash else type_)
    if isinstance(item, Pod):
        return item
    acting.authorize("list", BY_NAME["Pod"], acting.namespace)
    pods = pods_of(item, acting.store.typed(Pod, acting.namespace), "cannot attach to")
    if not pods:
        raise Complaint("timed out waiting for the condition")
    return min(pods, key=lambda pod: (pod.status.phase != "Running", pod.metadata.creation_timestamp or "", pod.metadata.name))


def _container(acting: Acting, pod: Pod) -> str:
    """The container that was asked for, or the one that kubectl takes, which it says when there are several. Raises Complaint."""
    inits, mains = [item.name for item in pod.spec.init_containers], [item.name for item in pod.spec.containers]
    added = [str(item["name"]) for item in pod.spec.ephemeral_containers]
    chosen_name = acting.option("container")
    listed = ", ".join([*mains, *(f"{name} (ephem)" for name in added), *(f"{name} (init)" for name in inits)])
    if chosen_name:
        if chosen_name not in (*mains, *inits, *added):
            raise Complaint(f"container {chosen_name} is not valid for pod {pod.metadata.name} out of: {listed}")
        return str(chosen_name)
    chosen = pod.metadata.annotations.get(DEFAULT_CONTAINER, "")
    if chosen in mains:
        return chosen
    if len(mains) + len(inits) + len(added) > 1:
        acting.err(f'Defaulted container "{mains[0]}" out of: {listed}\n')
    return mains[0]


VERBS: tuple[Verb, ...] = (
    Verb(("exec",), "exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]", "Run a command in a container.",
         (Flag("container", short="c", metavar="CONTAINER", help="Name of the container."),
          Flag("stdin", "bool", "i", help="Accepted, but there is no input."),
          Flag("tty", "bool", "t", help="Accepted, but has no effect."),
          Flag("quiet", "bool", "q"), Flag("filename", "slice", "f"), Flag("pod-running-timeout", "duration", default="1m0s")),
         _exec, ("exec web-0 -- cat /etc/hosts",)),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "exec": Writing(execute, ("container", "command")),
}
