"""The objects that `kubectl create KIND` makes of its flags (kubectl/pkg/cmd/create), with the empty parts that `-o yaml` shows."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Callable
from typing import Any

from simulator.kubectl.errors import Refusal, Unsupported
from simulator.kubectl.flags import Words
from simulator.manifest.selectors import parse_labels
from simulator.manifest.validation.names import config_key, port_name, port_number
from simulator.objects.base import JSON
from simulator.units import parse_quantity

Build = Callable[[Words, str], JSON]
LETTERS = "bcdfghjklmnpqrstvwxz2456789"
AMOUNT = re.compile(r"[0-9]+%?")


def _object(version: str, kind: str, name: str, **parts: Any) -> JSON:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **parts}


def plain(version: str, kind: str) -> Build:
    """An object with nothing but a name."""
    return lambda _words, name: _object(version, kind, name)


def namespace(_words: Words, name: str) -> JSON:
    """A Namespace."""
    return _object("v1", "Namespace", name, spec={}, status={})


def deployment(words: Words, name: str) -> JSON:
    """A Deployment: containers are called like their images."""
    command = words.args[1:]
    if len(words["image"]) > 1 and command:
        raise Refusal("cannot specify multiple --image options and command")
    own = {"command": command} if command else {}
    containers: list[JSON] = [{**own, "image": image, "name": _container_name(image), "resources": {}} for image in words["image"]]
    if words["port"] >= 0 and containers:
        containers[0]["ports"] = [{"containerPort": words["port"]}]
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    spec = {"replicas": words["replicas"], "selector": {"matchLabels": labels}, "strategy": {}, "template": template}
    return {**_object("apps/v1", "Deployment", name, spec=spec, status={}), "metadata": {"name": name, "labels": labels}}


def _container_name(image: str) -> str:
    """The last part of an image's name, without tag and digest. Where letters had to be replaced five more follow (not by chance)."""
    name = image.rpartition("/")[2].partition(":")[0].partition("@")[0]
    if "_" not in name and "." not in name:
        return name
    suffix = "".join(LETTERS[byte % len(LETTERS)] for byte in hashlib.sha256(image.encode()).digest()[:5])
    return f"{name.replace('_', '-').replace('.', '-')}-{suffix}"


def _container(words: Words, name: str) -> JSON:
    command = words.args[1:]
    return {**({"command": command} if command else {}), "image": words["image"], "name": name, "resources": {}}


def job(words: Words, name: str) -> JSON:
    """A Job that runs once."""
    if not words["image"]:
        raise Refusal("either --image or --from must be specified")
    template = {"metadata": {}, "spec": {"containers": [_container(words, name)], "restartPolicy": "Never"}}
    return _object("batch/v1", "Job", name, spec={"template": template}, status={})


def cron_job(words: Words, name: str) -> JSON:
    """A CronJob."""
    pod = {"containers": [_container(words, name)], "restartPolicy": words["restart"] or "OnFailure"}
    template = {"metadata": {"name": name}, "spec": {"template": {"metadata": {}, "spec": pod}}}
    return _object("batch/v1", "CronJob", name, spec={"jobTemplate": template, "schedule": words["schedule"]}, status={})


# ---- ConfigMaps and Secrets


def config_map(words: Words, name: str) -> JSON:
    """A ConfigMap. What is no text goes into binaryData."""
    data: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, value in _values(words, "env config file cannot be a directory"):
        if errors := config_key(key):
            raise Refusal(f'"{key}" is not a valid key name for a ConfigMap: {",".join(errors)}')
        for place, taken in (("Data", data), ("BinaryData", binary)):
            if key in taken:
                raise Refusal(f'cannot add key "{key}", another key by that name already exists in {place} for ConfigMap "{name}"')
        try:
            data[key] = value.decode()
        except UnicodeDecodeError:
            binary[key] = base64.b64encode(value).decode()
    return _object("v1", "ConfigMap", name, **({"binaryData": binary} if binary else {}), **({"data": data} if data else {}))


def secret(words: Words, name: str) -> JSON:
    """A Secret."""
    data: dict[str, str] = {}
    for key, value in _values(words, "env secret file cannot be a directory", literals_first=True):
        if errors := config_key(key):
            raise Refusal(f'"{key}" is not valid key name for a Secret {";".join(errors)}')
        if key in data:
            raise Refusal(f"cannot add key {key}, another key by that name already exists")
        data[key] = base64.b64encode(value).decode()
    kind = {"type": words["type"]} if words["type"] else {}
    return _object("v1", "Secret", name, **({"data": data} if data else {}), **kind)


def _values(words: Words, no_directory: str, *, literals_first: bool = False) -> list[tuple[str, bytes]]:
    """Keys and values of all --from flags. Raises Refusal."""
    if words["append-hash"]:
        raise Unsupported("podsim does not append hashes to names")
    if words["from-env-file"] and (words["from-file"] or words["from-literal"]):
        raise Refusal("from-env-file cannot be combined with from-file or from-literal")
    found: list[tuple[str, bytes]] = []
    for group in ("from-literal", "from-file") if literals_first else ("from-file", "from-literal"):
        for source in words[group]:
            found += file_values(words, source) if group == "from-file" else [_literal(source)]
    for name in words["from-env-file"]:
        found += _env_file(words, name, no_directory)
    return found


def _literal(source: str) -> tuple[str, bytes]:
    key, equals, value = source.partition("=")
    if not equals or not key:
        raise Refusal(f"invalid literal source {source}, expected key=value")
    return key, value.encode()


def file_values(words: Words, source: str) -> list[tuple[str, bytes]]:
    """A file under its own name or another one; of a directory, every file. Raises Refusal."""
    key, equals, name = source.rpartition("=")
    if source.count("=") > 1:
        raise Refusal("key names or file paths cannot contain '='")
    if equals and not key:
        raise Refusal(f"key name for file path {name} missing")
    if equals and not name:
        raise Refusal(f"file path for key name {key} missing")
    entries = words.files.entries(name)
    if entries is None:
        return [(key or posixpath.basename(name), _bytes(words, name))]
    if equals:
        raise Refusal("cannot give a key name for a directory path")
    return [(entry, _bytes(words, posixpath.join(name, entry))) for entry in entries]


def _bytes(words: Words, name: str) -> bytes:
    try:
        return words.files.read(name)
    except OSError as error:
        raise Refusal(f"error reading {name}: {(error.strerror or str(error)).lower()}") from error


def _env_file(words: Words, name: str, no_directory: str) -> list[tuple[str, bytes]]:
    if words.files.entries(name) is not None:
        raise Refusal(no_directory)
    lines = (line.lstrip() for line in _bytes(words, name).decode(errors="replace").splitlines())
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return [(key, value.encode()) for key, equals, value in pairs if equals]


# ---- Services, quotas, budgets, priorities


def service(type_: str) -> Build:
    """A Service of that type for the pods with the label app=NAME."""

    def build(words: Words, name: str) -> JSON:
        address = words.flags.get("clusterip") or ""
        if type_ != "ExternalName" and address != "None" and not words["tcp"]:
            raise Refusal("at least one tcp port specifier must be provided")
        node_port = {"nodePort": words["node-port"]} if words.flags.get("node-port") else {}
        ports = [{**_port(text), **node_port} for text in words["tcp"]]
        spec: JSON = {**({"clusterIP": address} if address else {})}
        if type_ == "ExternalName":
            spec["externalName"] = words["external-name"]
        spec |= {**({"ports": ports} if ports else {}), "selector": {"app": name}, "type": type_}
        return {
            **_object("v1", "Service", name, spec=spec, status={"loadBalancer": {}}),
            "metadata": {"name": name, "labels": {"app": name}},
        }

    return build


def _port(text: str) -> JSON:
    """`80`, `80:8080` or `80:http`. Raises Refusal."""
    first, *rest = text.split(":")
    if not re.fullmatch(r"\+?[0-9]+", first):
        raise Refusal(f'strconv.ParseUint: parsing "{first}": invalid syntax')
    if int(first) > 2**16 - 1:
        raise Refusal(f'strconv.ParseUint: parsing "{first}": value out of range')
    where: Any = int(first)
    if rest and re.fullmatch(r"[-+]?[0-9]+", rest[0]):
        where = int(rest[0])
        if errors := port_number(where):
            raise Refusal(",".join(errors))
    elif rest:
        where = rest[0]
        if errors := port_name(where):
            raise Refusal(",".join(errors))
    return {"name": text.replace(":", "-"), "port": int(first), "protocol": "TCP", "targetPort": where}


def quota(words: Words, name: str) -> JSON:
    """A ResourceQuota."""
    hard = {}
    for term in filter(None, words["hard"].split(",")):
        parts = term.split("=")
        if len(parts) != 2:
            raise Refusal(f"Invalid argument syntax {term}, expected <resource>=<value>")
        try:
            parse_quantity(parts[1])
        except ValueError:
            raise Refusal("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'") from None
        hard[parts[0]] = parts[1]
    scopes = words["scopes"].split(",") if words["scopes"] else []
    if "" in scopes:
        raise Refusal('invalid resource quota scope ""')
    spec = {**({"hard": hard} if hard else {}), **({"scopes": scopes} if scopes else {})}
    return _object("v1", "ResourceQuota", name, spec=spec, status={})


def disruption_budget(words: Words, name: str) -> JSON:
    """A PodDisruptionBudget."""
    least, most = words["min-available"], words["max-unavailable"]
    if not words["selector"]:
        raise Refusal("a selector must be specified")
    if not least and not most:
        raise Refusal("one of min-available or max-unavailable must be specified")
    if least and most:
        raise Refusal("min-available and max-unavailable cannot be both specified")
    for field, text in (("min-available", least), ("max-unavailable", most)):
        if text and not AMOUNT.fullmatch(text):
            raise Refusal(f"invalid format specified for {field}")
    field, text = ("minAvailable", least) if least else ("maxUnavailable", most)
    spec = {field: int(text) if text.isdigit() else text, "selector": _selector(words["selector"])}
    counts = dict.fromkeys(("currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"), 0)
    return _object("policy/v1", "PodDisruptionBudget", name, spec=spec, status=counts)


def _selector(text: str) -> JSON:
    """A selector as text, in the form that objects have. Raises Refusal."""
    try:
        terms = parse_labels(text)
    except ValueError as error:
        raise Refusal(f'couldn\'t parse the selector string "{text}": {error}') from error
    operators = {"in": "In", "notin": "NotIn", "!=": "NotIn", "exists": "Exists", "!": "DoesNotExist"}
    equal = {term.key: term.values[0] for term in terms if term.operator in ("=", "==")}
    other = [
        {"key": term.key, "operator": operators[term.operator], **({"values": list(term.values)} if term.values else {})}
        for term in terms
        if term.operator in operators
    ]
    return {**({"matchLabels": equal} if equal else {}), **({"matchExpressions": other} if other else {})}


def priority_class(words: Words, name: str) -> JSON:
    """A PriorityClass."""
    parts: JSON = {"value": words["value"], "preemptionPolicy": words["preemption-policy"]}
    parts |= {"description": words["description"]} if words["description"] else {}
    parts |= {"globalDefault": True} if words["global-default"] else {}
    return _object("scheduling.k8s.io/v1", "PriorityClass", name, **parts)
