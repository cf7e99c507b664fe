"""`kubectl debug`: an ephemeral container in a pod, a copy of a pod, or a pod on a node (kubectl/pkg/cmd/debug)."""

from __future__ import annotations

from copy import deepcopy

from simulator.api import names as api_names
from simulator.api.deletion import Deletion
from simulator.api.writes import changed, created
from simulator.dialect.kubectl import KubectlDialect
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal, Unsupported
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.resolve import kinds_of
from simulator.kubectl.verb import Verb, options
from simulator.kubectl.write.acting import Acting, Writing
from simulator.kubectl.write.debug_profiles import COPY, EPHEMERAL, NODE, PROFILES, Debugged
from simulator.kubectl.write.run_pod import REFERENCE
from simulator.kubectl.write.targets import one_named
from simulator.objects.base import JSON
from simulator.objects.kinds import BY_NAME, Key, Kind, Object, to_builtins
from simulator.objects.labels import MANAGED_BY

KEEPS = ("keep-labels", "keep-annotations", "keep-liveness", "keep-readiness", "keep-startup", "keep-init-containers")
OPTIONS = (
    "image", "container", "command", "arguments", "env", "target", "copyTo", "replaceOriginal", "sameNode", "images", "shareProcesses",
    "keeps", "imagePullPolicy", "stdin", "tty", "profile", "quiet",
)  # fmt: skip
NO_ATTACH = "podsim does not attach to the container: run commands in it with `podsim exec`, or read what it prints with `podsim logs`\n"


def _debug(words: Words) -> Request:
    names, arguments = (words.args, []) if words.dash == -1 else (words.args[: words.dash], words.args[words.dash :])
    env, images = (_pairs(words[name], name) for name in ("env", "set-image"))
    if words["custom"] or words["filename"]:
        raise Unsupported("podsim debug does not support --custom and --filename")
    if words["profile"] and words["profile"] not in PROFILES:
        raise Refusal(f"unknown profile: {words['profile']}")
    _check(words, names, arguments, images)
    keeps = [name for name in KEEPS if words[name]]
    given: JSON = {
        "image": words["image"], "container": words["container"], "target": words["target"], "copyTo": words["copy-to"],
        "arguments" if words["arguments-only"] else "command": arguments, "env": env, "images": images, "keeps": keeps,
        "imagePullPolicy": words["image-pull-policy"], "profile": words["profile"], "replaceOriginal": words["replace"],
        "sameNode": words["same-node"], "stdin": words["stdin"], "tty": words["tty"], "quiet": words["quiet"],
        "shareProcesses": words["share-processes"] if "share-processes" in words.given else None,
    }  # fmt: skip
    kept = {name: value for name, value in given.items() if value or (name == "shareProcesses" and value is not None)}
    return Request("debug", names[0], {**options(words), **kept})


def _check(words: Words, names: list[str], arguments: list[str], images: dict[str, str]) -> None:
    """Refuse flags that do not go together, in kubectl's order."""
    if words["attach"] and not words["image"] and not words["container"]:
        raise Refusal("you must specify --container or create a new container using --image in order to attach.")
    if words["copy-to"]:
        if not (words["image"] or images or arguments):
            raise Refusal("you must specify --image, --set-image or command arguments.")
        if arguments and not words["container"] and not words["image"]:
            raise Refusal("you must specify an existing container or a new image when specifying args.")
    elif alone := next((flag for flag in ("replace", "same-node", "set-image") if words[flag]), ""):
        raise Refusal(f"--{alone} may only be used with --copy-to.")
    elif not words["image"]:
        raise Refusal("you must specify --image when not using --copy-to.")
    if words["image"] and not REFERENCE.fullmatch(words["image"]):
        raise Refusal(f'invalid image name "{words["image"]}": invalid reference format')
    if not names:
        raise Refusal("NAME or filename is required for debug")
    if words["image-pull-policy"] not in ("", "Always", "IfNotPresent", "Never"):
        raise Refusal(f"invalid image pull policy: {words['image-pull-policy']}")
    for name, image in images.items():
        if not REFERENCE.fullmatch(image):
            raise Refusal(f'invalid image name "{image}" for container "{name}": invalid reference format')
    if words["target"] and words["copy-to"]:
        raise Refusal("--target is incompatible with --copy-to. Use --share-processes instead.")
    if words["tty"] and not words["stdin"]:
        raise Refusal("-i/--stdin is required for containers with -t/--tty=true")


def _pairs(given: list[str], flag: str) -> dict[str, str]:
    pairs = {}
    for item in given:
        for part in item.split(","):
            name, equals, value = part.partition("=")
            if not equals:
                raise Refusal(f'invalid argument "{item}" for "--{flag}" flag: {part} must be formatted as key=value')
            pairs[name] = value
    return pairs


def debug(acting: Acting) -> None:
    """`debug`: of a pod or of a node."""
    type_, slash, name = str(acting.request.target).partition("/")
    kind: Kind = kinds_of(type_ if slash else "pod", acting.store)[0]
    if kind.name not in ("Pod", "Node"):
        raise Complaint(f'"{kind.api_version}, Kind={kind.name}" not supported by debug')
    header = acting.store.journal.header
    dialect = KubectlDialect(header.kubectl, header.kubernetes)
    if acting.option("target") and not acting.option("quiet"):
        acting.out(
            f'Targeting container "{acting.option("target")}". If you don\'t see processes from this container it may be because the '
            "container runtime doesn't support this feature.\n"
        )
    profile = str(acting.option("profile", "")) or ("general" if dialect.debugs_by_general_profile else "legacy")
    if profile == "legacy" and dialect.warns_of_legacy_profile:
        acting.err(dialect.say("debug.legacy") + "\n")
    item = one_named(acting, kind, name if slash else type_)
    if kind.name == "Node":
        _on_node(acting, item, profile)
    elif acting.option("copyTo"):
        _copied(acting, to_builtins(item), profile)
    else:
        _added(acting, item, profile)
    if acting.option("stdin"):
        acting.err(NO_ATTACH)


def _container(acting: Acting, name: str) -> JSON:
    fields = {
        "name": name, "image": acting.option("image"), "command": acting.option("command"), "args": acting.option("arguments"),
        "env": [{"name": key, "value": value} for key, value in dict(acting.option("env", {})).items()],
        "imagePullPolicy": acting.option("imagePullPolicy"), "stdin": acting.option("stdin"), "tty": acting.option("tty"),
        "terminationMessagePolicy": "File",
    }  # fmt: skip
    return {key: value for key, value in fields.items() if value}


def _name(acting: Acting, pod: JSON) -> str:
    """The name of the new container: the given one, or `debugger-` and five letters."""
    if acting.option("container"):
        return str(acting.option("container"))
    spec, meta = pod["spec"], pod["metadata"]
    used = {item["name"] for group in ("containers", "initContainers", "ephemeralContainers") for item in spec.get(group) or []}
    stream = acting.engine.streams.stream("debugger", meta.get("namespace", ""), meta.get("name", ""))
    name = api_names.generated("debugger-", stream)
    while name in used:
        name = api_names.generated("debugger-", stream)
    if not acting.option("quiet"):
        acting.out(f"Defaulting debug container name to {name}.\n")
    return name


def _added(acting: Acting, item: Object, profile: str) -> None:
    """Add an ephemeral container."""
    pod = deepcopy(to_builtins(item))
    container = _container(acting, _name(acting, pod))
    if acting.option("target"):
        container["targetContainerName"] = acting.option("target")
    PROFILES[profile](Debugged(pod, container, EPHEMERAL))
    pod["spec"]["ephemeralContainers"] = [*pod["spec"].get("ephemeralContainers", []), container]
    acting.authorize("patch", BY_NAME["Pod"], acting.namespace, item.metadata.name, "ephemeralcontainers")
    pod["metadata"].pop("resourceVersion", None)
    _, remarks = changed(acting.api, item, pod, acting.origin.cause, "ephemeralcontainers")
    _done(acting, remarks)


def _copied(acting: Acting, original: JSON, profile: str) -> None:
    """Make a copy of a pod, with another container or a changed one."""
    pod = deepcopy(original)
    meta, spec = original["metadata"], pod["spec"]
    kept = {name: meta[name] for name in ("namespace", "annotations", "labels") if name in meta}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": acting.option("copyTo"), **kept}, "spec": spec}
    spec.pop("ephemeralContainers", None)
    if acting.option("shareProcesses") is not None:
        spec["shareProcessNamespace"] = acting.option("shareProcesses")
    if not acting.option("sameNode"):
        spec.pop("nodeName", None)
    images: dict[str, str] = dict(acting.option("images", {}))
    for one in spec["containers"]:
        one["image"] = images.get(one["name"]) or images.get("*") or one["image"]
    container = next((one for one in spec["containers"] if one["name"] == acting.option("container")), None)
    if container is None and not acting.option("image"):
        if not images:
            raise Complaint("you must specify image when creating new container")
    else:
        if container is None:
            container = {"name": _name(acting, pod), "terminationMessagePolicy": "File"}
            spec["containers"].append(container)
        _change(container, _container(acting, container["name"]))
        PROFILES[profile](Debugged(pod, container, COPY, frozenset(acting.option("keeps", ["keep-init-containers"]))))
    acting.authorize("create", BY_NAME["Pod"], acting.namespace)
    _, remarks = created(acting.api, pod, acting.origin.cause)
    _done(acting, remarks)
    if acting.option("replaceOriginal"):
        acting.authorize("delete", BY_NAME["Pod"], acting.namespace, meta["name"])
        acting.api.delete(Key("Pod", meta.get("namespace"), meta["name"]), Deletion(grace=0), acting.origin.cause)


def _change(container: JSON, given: JSON) -> None:
    if "command" in given:
        container.pop("args", None)
    container.update({name: value for name, value in given.items() if name != "terminationMessagePolicy"})


def _on_node(acting: Acting, node: Object, profile: str) -> None:
    """Make a pod on a node, in the node's namespaces and with its files."""
    stream = acting.engine.streams.stream("node-debugger", node.metadata.name)
    pod_name = api_names.generated(f"node-debugger-{node.metadata.name}-", stream)
    name = str(acting.option("container") or "debugger")
    if not acting.option("quiet"):
        acting.out(f"Creating debugging pod {pod_name} with container {name} on node {node.metadata.name}.\n")
    container = _container(acting, name)
    spec: JSON = {
        "containers": [container],
        "nodeName": node.metadata.name,
        "restartPolicy": "Never",
        "tolerations": [{"operator": "Exists"}],
    }
    meta = {"name": pod_name, "namespace": acting.namespace, "labels": {MANAGED_BY: "kubectl-debug"}}
    pod: JSON = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
    PROFILES[profile](Debugged(pod, container, NODE))
    acting.authorize("create", BY_NAME["Pod"], acting.namespace)
    _, remarks = created(acting.api, pod, acting.origin.cause)
    _done(acting, remarks)


def _done(acting: Acting, remarks: list[str]) -> None:
    for remark in remarks:
        acting.warn(remark)
    acting.answer.changed = True


VERBS: tuple[Verb, ...] = (
    Verb(("debug",), "debug (POD | TYPE/NAME) [-- COMMAND [args...]]", "Add a container to a pod, or run a pod on a node, to debug it.",
         (Flag("image", metavar="IMAGE", help="Image of the new container."),
          Flag("container", short="c", metavar="NAME", help="Name of the container."),
          Flag("target", metavar="CONTAINER", help="Show the processes of this container."),
          Flag("copy-to", metavar="POD", help="Make a copy of the pod under this name."),
          Flag("replace", "bool", help="With --copy-to: delete the original."),
          Flag("same-node", "bool", help="With --copy-to: on the same node."),
          Flag("set-image", "array", metavar="NAME=IMAGE", help="With --copy-to: other images."),
          Flag("share-processes", "bool", default=True),
          Flag("env", "array", metavar="KEY=VALUE", help="Environment variable. Repeatable."),
          Flag("image-pull-policy", metavar="POLICY"), Flag("arguments-only", "bool", help="Use the words after -- as arguments."),
          Flag("profile", metavar="PROFILE", help="legacy, general, baseline, restricted, netadmin or sysadmin."),
          Flag("stdin", "bool", "i", help="Keep standard input open."), Flag("tty", "bool", "t"), Flag("attach", "bool"),
          Flag("quiet", "bool", "q"), Flag("keep-labels", "bool"), Flag("keep-annotations", "bool"), Flag("keep-liveness", "bool"),
          Flag("keep-readiness", "bool"), Flag("keep-startup", "bool"), Flag("keep-init-containers", "bool", default=True),
          Flag("custom"), Flag("filename", "slice", "f")),
         _debug,
         ("debug web-0 --image=busybox --target=server -- sleep 60", "debug node/minikube --image=busybox -- sleep 60")),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "debug": Writing(debug, OPTIONS),
}
