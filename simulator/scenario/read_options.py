"""What the options of actions may be: one row for each, by which files are checked and the schema is written."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from functools import partial
from typing import Any

from simulator.scenario.reader import Reader

Read = Callable[[Reader, Any, str], Any]
"""Reads a value at a path."""

LARGEST = 2**31 - 1
"""Replicas and seconds are 32-bit numbers in Kubernetes' API."""
SIGNALS = ("KILL", "TERM", "INT", "HUP", "SEGV", "ABRT")
KUBELET = ("stop", "start", "restart")
RUNTIME_SAYS = ("exited", "gone")
SANDBOX = ("pause", "dead", "removed")
REQUEST = "request"
"""The verb of a request that a client of a served session has sent."""
REBOOTS = ("down", "up")
"""What `reboot` does, unless it says for how long the node is down."""


def _whole(reader: Reader, value: Any, path: str, low: int = 0, high: int = LARGEST) -> int:
    return reader.integer(value, path, low=low, high=high)


def _words(reader: Reader, value: Any, path: str) -> list[str]:
    return list(reader.list(value, path, lambda item, where: reader.text(item, where)))


def _one(*choices: str) -> Read:
    return lambda reader, value, path: reader.choice(value, path, choices, choices[0])


def _text(reader: Reader, value: Any, path: str) -> str:
    return reader.text(value, path)


def _base64(reader: Reader, value: Any, path: str) -> str:
    text = reader.text(value, path)
    try:
        b64decode(text)
    except ValueError:
        reader.problem(path, f"must be base64, not {text!r}")
    return text


def _flag(reader: Reader, value: Any, path: str) -> bool:
    return reader.flag(value, path)


def _amounts(reader: Reader, value: Any, path: str) -> dict[str, Any]:
    return {name: reader.quantity(amount, f"{path}.{name}", "0") for name, amount in reader.table(value, path).items()}


def _texts_by_name(reader: Reader, value: Any, path: str) -> dict[str, str | None]:
    """Values by name; null removes one."""
    return {str(name): None if item is None else reader.text(item, f"{path}.{name}") for name, item in reader.table(value, path).items()}


def _object(reader: Reader, value: Any, path: str) -> dict[str, Any]:
    """An object, whose other fields are checked when the API server gets it."""
    given = reader.table(value, path)
    reader.require(given, path, "apiVersion", "kind")
    return given


def _objects(reader: Reader, value: Any, path: str) -> Any:
    return list(reader.list(value, path, partial(_object, reader))) if isinstance(value, list) else _object(reader, value, path)


def _patch(reader: Reader, value: Any, path: str) -> Any:
    """The object that is merged, or the list of operations of a JSON patch."""
    if isinstance(value, list):
        return list(reader.list(value, path, lambda item, where: reader.table(item, where)))
    return reader.table(value, path)


OPTIONS: dict[str, Read] = {
    "base64": _base64,
    "body": _patch,
    "contentType": _text,
    "text": _text,
    "userAgent": _text,
    "all": _flag,
    "arguments": _words,
    "copyTo": _text,
    "env": _texts_by_name,
    "imagePullPolicy": _one("Always", "IfNotPresent", "Never"),
    "images": _texts_by_name,
    "keeps": _words,
    "profile": _one("legacy", "general", "baseline", "restricted", "netadmin", "sysadmin"),
    "quiet": _flag,
    "replaceOriginal": _flag,
    "sameNode": _flag,
    "shareProcesses": _flag,
    "stdin": _flag,
    "target": _text,
    "tty": _flag,
    "allNamespaces": _flag,
    "cascade": _one("background", "foreground", "orphan"),
    "clusterIP": _text,
    "command": _words,
    "container": _text,
    "cpu": _text,
    "cpuPercent": _whole,
    "currentReplicas": partial(_whole, low=-1),
    "deleteEmptydirData": _flag,
    "down": _flag,
    "error": _text,
    "exitCode": partial(_whole, high=255),
    "externalIP": _text,
    "fieldSelector": _text,
    "force": _flag,
    "from": _text,
    "gracePeriod": partial(_whole, low=-1),
    "gracePeriodSeconds": partial(_whole, low=-1),
    "ignoreDaemonsets": _flag,
    "ignoreNotFound": _flag,
    "image": _text,
    "keys": _words,
    "kubelet": _one(*KUBELET),
    "labels": _text,
    "limits": _amounts,
    "loadBalancerIP": _text,
    "max": partial(_whole, low=1),
    "memory": _text,
    "min": partial(_whole, low=-1),
    "name": _text,
    "namespace": _text,
    "overwrite": _flag,
    "podSelector": _text,
    "port": _text,
    "prefix": _text,
    "protocol": _one("TCP", "UDP", "SCTP"),
    "reason": _text,
    "replicas": _whole,
    "requests": _amounts,
    "resourceVersion": _text,
    "sandbox": _one(*SANDBOX),
    "saveConfig": _flag,
    "selector": _text,
    "subresource": _text,
    "sessionAffinity": _one("None", "ClientIP"),
    "signal": _one(*SIGNALS),
    "targetPort": _text,
    "timeout": lambda reader, value, path: (reader.span(value, path), value)[1],
    "toRevision": _whole,
    "unreachable": _flag,
    "validate": lambda reader, value, path: value if isinstance(value, bool) else reader.choice(value, path, ("strict", "warn", "ignore")),
}
"""Options that mean the same beside every verb."""
BY_VERB: dict[tuple[str, str], Read] = {
    ("apply", "with"): _objects,
    ("create", "with"): _objects,
    ("replace", "with"): _objects,
    ("patch", "with"): _patch,
    ("patch", "type"): _one("json", "merge", "strategic"),
    ("expose", "type"): _one("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    ("setImage", "with"): _texts_by_name,
    ("setEnv", "with"): _texts_by_name,
    ("label", "with"): _texts_by_name,
    ("annotate", "with"): _texts_by_name,
    ("taint", "with"): _words,
    ("node", "containers"): _one(*RUNTIME_SAYS),
    ("node", "reboot"): lambda reader, value, path: value if value in REBOOTS else (reader.span(value, path, positive=True), value)[1],
    ("setResources", "containers"): _text,
    ("setEnv", "containers"): _text,
}
"""Options whose meaning depends on the verb."""
NEEDS: dict[str, tuple[str, ...]] = {
    "scale": ("replicas",),
    "autoscale": ("max",),
    "exec": ("command",),
    "patch": ("with",),
    "setImage": ("with",),
    "label": ("with",),
    "annotate": ("with",),
    "taint": ("with",),
}
"""Verb -> the options without which it does nothing."""


def read_option(reader: Reader, verb: str, name: str, value: Any, path: str) -> Any:
    """The value of an option beside a verb."""
    return (BY_VERB.get((verb, name)) or OPTIONS[name])(reader, value, path)
