"""`kubectl run NAME --image=IMAGE`: one pod, and a Service if it is asked for (kubectl/pkg/cmd/run)."""

from __future__ import annotations

import re

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Refusal, Unsupported
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import DRY_RUN, OUTPUT, QUIET, Verb, label_specs, options, parsed_pairs
from simulator.objects.base import JSON

IMAGE = Flag("image", required=True, metavar="IMAGE", help="Image of the container.")


REFERENCE = re.compile(
    r"(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?/)?"
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
    r"(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)
"""What an image may be called (distribution/reference)."""


def understand(words: Words) -> Request:
    """The pod that is to be created. Raises Refusal."""
    labels = label_specs(words["labels"])
    if words["restart"] not in ("", "Always", "OnFailure", "Never"):
        raise Refusal(f"invalid restart policy: {words['restart']}, valid values are: Always, OnFailure, Never")
    if words["image-pull-policy"] not in ("", "Always", "IfNotPresent", "Never"):
        raise Refusal(f"invalid image pull policy: {words['image-pull-policy']}, valid values are: Always, IfNotPresent, Never")
    if not words.args or words.dash == 0:
        raise Refusal("NAME is required for run")
    if not words["image"]:
        raise Refusal("--image is required")
    if not REFERENCE.fullmatch(words["image"]):
        raise Refusal(f'invalid image name "{words["image"]}": invalid reference format')
    if words["tty"] and not words["stdin"]:
        raise Refusal("-i/--stdin is required for containers with -t/--tty=true")
    if words["expose"] and not words["port"]:
        raise Refusal("--port must be set when exposing a service")
    if words["port"] and not words["port"].lstrip("-").isdigit():
        raise Refusal("--port must be a number")
    if words["rm"] and not (words["attach"] or words["stdin"]):
        raise Refusal("--rm should only be used for attached containers")
    if words["attach"] or words["stdin"] or words["overrides"]:
        raise Unsupported("podsim run does not support --attach, --stdin and --overrides: run the pod detached, then use `podsim logs`")
    pod = _pod(words, labels)
    items = [pod, *([_pod_service(words, labels)] if words["expose"] else [])]
    return Request("create", f"pod/{words.args[0]}", {**options(words), "with": items if len(items) > 1 else pod})


def _pod(words: Words, labels: dict[str, str]) -> JSON:
    name = words.args[0]
    container: JSON = {"name": name, "image": words["image"], "resources": {}}
    for variable in words["env"]:
        key, equals, value = variable.partition("=")
        if not equals or not key:
            raise Refusal(f"invalid env: {variable}")
        container.setdefault("env", []).append({"name": key, "value": value})
    if words["image-pull-policy"]:
        container["imagePullPolicy"] = words["image-pull-policy"]
    if words["privileged"]:
        container["securityContext"] = {"privileged": True}
    if len(words.args) > 1:
        container["command" if words["command"] else "args"] = words.args[1:]
    if words["port"]:
        container["ports"] = [{"containerPort": int(words["port"])}]
    annotations = parsed_pairs(words["annotations"], "annotations", removes=False)
    metadata = {"name": name, "labels": labels or {"run": name}, **({"annotations": annotations} if annotations else {})}
    spec = {"containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": words["restart"] or "Always"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": {}}


def _pod_service(words: Words, labels: dict[str, str]) -> JSON:
    name, port = words.args[0], int(words["port"])
    metadata = {"name": name, **({"labels": labels} if labels else {})}
    spec = {"selector": labels or {"run": name}, "ports": [{"port": port, "protocol": "TCP", "targetPort": port}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


VERBS: tuple[Verb, ...] = (
    Verb(("run",), "run NAME --image=image [--env=\"key=value\"] [--port=port] [--command] -- [COMMAND] [args...]",
    "Run an image in a pod.",
         (IMAGE, Flag("env", "array", metavar="KEY=VALUE", help="Environment variable. Repeatable."),
         Flag("port", metavar="PORT", help="Port to expose."),
          Flag("labels", short="l", metavar="LABELS", help="app=web,tier=front"), Flag("annotations", "array", metavar="KEY=VALUE"),
          Flag("restart", default="Always", metavar="POLICY", help="Always, OnFailure or Never."),
          Flag("image-pull-policy", metavar="POLICY"), Flag("command", "bool",
          help="Use the words after -- as the command, not as arguments."),
          Flag("expose", "bool", help="Also create a Service."), Flag("privileged", "bool"), Flag("rm", "bool"), Flag("attach", "bool"),
          Flag("stdin", "bool", "i", help="Not supported."), Flag("tty", "bool", "t"), Flag("quiet", "bool", "q"), Flag("overrides"),
          Flag("override-type"), Flag("leave-stdin-open", "bool"), Flag("pod-running-timeout", "duration"), OUTPUT, DRY_RUN, *QUIET),
         understand,
         ("run tmp --image=nginx", "run once --image=busybox --restart=Never -- date")),
)  # fmt: skip
