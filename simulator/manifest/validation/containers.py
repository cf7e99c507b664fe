"""Rules for containers (pkg/apis/core/validation)."""

from __future__ import annotations

from simulator.manifest.validation import names
from simulator.manifest.validation.context import PodContext
from simulator.manifest.validation.environment import env, env_from
from simulator.manifest.validation.errors import Errors, duplicate, forbidden, invalid, not_found, required, too_many, unsupported
from simulator.manifest.validation.meta import each
from simulator.manifest.validation.mounts import devices, mounts
from simulator.manifest.validation.probes import PROBES, all_probes, lifecycle
from simulator.manifest.validation.resources import requirements
from simulator.manifest.validation.security import container_security
from simulator.objects.base import JSON

PROTOCOLS = ("SCTP", "TCP", "UDP")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")
MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
RESTART_POLICIES = ("Always", "Never", "OnFailure")
OPERATORS = ("In", "NotIn")
RESIZE_POLICIES = ("NotRequired", "RestartContainer")
RESIZABLE = ("cpu", "memory")
MOST_RULES, MOST_EXIT_CODES = 20, 255
NOT_FOR_INIT = "may not be set for init containers without restartPolicy=Always"
NOT_FOR_EPHEMERAL = "cannot be set for an Ephemeral Container"
EPHEMERAL_MAY_NOT = ("ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resizePolicy", "restartPolicy")


def main_containers(items: list[JSON], path: str, pod: PodContext) -> Errors:
    """`spec.containers`."""
    if not items:
        yield required(path)
        return
    seen: set[str] = set()
    for index, item in enumerate(items):
        here = f"{path}[{index}]"
        yield from _common(item, here, pod)
        if item.get("name", "") in seen:
            yield duplicate(f"{here}.name", item.get("name", ""))
        seen.add(item.get("name", ""))
        if item.get("lifecycle") is not None:
            yield from lifecycle(item["lifecycle"], f"{here}.lifecycle", pod)
        yield from all_probes(item, here, pod)
        if pod.dialect.every_container_has_a_restart_policy:
            yield from _restart_policy(item, here, pod)
        elif item.get("restartPolicy") is not None:
            yield forbidden(f"{here}.restartPolicy", "may not be set for non-init containers")
    yield from _host_ports(items, path)


def init_containers(items: list[JSON], path: str, pod: PodContext) -> Errors:
    """`spec.initContainers`; those with restartPolicy Always are sidecars and may have probes."""
    seen = {item.get("name", "") for item in pod.spec.get("containers") or []}
    for index, item in enumerate(items):
        here, name = f"{path}[{index}]", item.get("name", "")
        yield from _common(item, here, pod)
        yield from _init_restart_policy(item, here, pod)
        if name in seen:
            yield duplicate(f"{here}.name", name)
        if name:
            seen.add(name)
        yield from _host_ports([item], path)
        if item.get("restartPolicy") == "Always":
            if item.get("lifecycle") is not None:
                yield from lifecycle(item["lifecycle"], f"{here}.lifecycle", pod)
            yield from all_probes(item, here, pod)
        else:
            for field in ("lifecycle", *PROBES):
                if item.get(field) is not None:
                    yield forbidden(f"{here}.{field}", NOT_FOR_INIT)


def ephemeral_containers(items: list[JSON], path: str, pod: PodContext) -> Errors:
    """`spec.ephemeralContainers`."""
    others = {item.get("name", "") for group in ("containers", "initContainers") for item in pod.spec.get(group) or []}
    seen = set(others)
    for index, item in enumerate(items):
        here, name, target = f"{path}[{index}]", item.get("name", ""), item.get("targetContainerName", "")
        yield from _common(item, here, pod)
        yield from image_without_blanks(item, here)
        if name in seen:
            yield duplicate(f"{here}.name", name)
        seen.add(name)
        if target and target not in others:
            yield not_found(f"{here}.targetContainerName", target)
        for field in (*EPHEMERAL_MAY_NOT, "resources"):
            if item.get(field):
                yield forbidden(f"{here}.{field}", NOT_FOR_EPHEMERAL)
        for number, mount in enumerate(item.get("volumeMounts") or []):
            for field in ("subPath", "subPathExpr"):
                if mount.get(field):
                    yield forbidden(f"{here}.volumeMounts[{number}].{field}", NOT_FOR_EPHEMERAL)


def image_without_blanks(item: JSON, path: str) -> Errors:
    """Only for pods: in a template the image may be filled in later."""
    image = item.get("image", "")
    if image != image.strip():
        yield invalid(f"{path}.image", image, "must not have leading or trailing whitespace")


def _common(item: JSON, path: str, pod: PodContext) -> Errors:
    name = item.get("name", "")
    if name:
        yield from each(f"{path}.name", name, names.dns_label(name))
    else:
        yield required(f"{path}.name")
    if not item.get("image"):
        yield required(f"{path}.image")
    yield from one_of(item.get("terminationMessagePolicy", ""), MESSAGE_POLICIES, f"{path}.terminationMessagePolicy")
    yield from _ports(item.get("ports") or [], f"{path}.ports")
    yield from env(item.get("env") or [], f"{path}.env", pod.dialect)
    yield from env_from(item.get("envFrom") or [], f"{path}.envFrom", pod.dialect)
    yield from mounts(item, pod.volumes, f"{path}.volumeMounts")
    yield from devices(item, pod.volumes, f"{path}.volumeDevices")
    yield from one_of(item.get("imagePullPolicy", ""), PULL_POLICIES, f"{path}.imagePullPolicy")
    claims = {claim["name"] for claim in pod.spec.get("resourceClaims") or [] if claim.get("name")}
    yield from requirements(item.get("resources") or {}, claims, f"{path}.resources")
    yield from _resize_policy(item.get("resizePolicy") or [], f"{path}.resizePolicy", pod)
    if item.get("securityContext") is not None:
        yield from container_security(item["securityContext"], f"{path}.securityContext", pod)


def one_of(value: str, known: tuple[str, ...] | list[str], path: str) -> Errors:
    """A required word of a fixed set."""
    if not value:
        yield required(path)
    elif value not in known:
        yield unsupported(path, value, known)


def _ports(items: list[JSON], path: str) -> Errors:
    seen: set[str] = set()
    for index, item in enumerate(items):
        here, name, number = f"{path}[{index}]", item.get("name", ""), item.get("containerPort", 0)
        if name:
            wrong = list(each(f"{here}.name", name, names.port_name(name)))
            yield from wrong
            if not wrong and name in seen:
                yield duplicate(f"{here}.name", name)
            if not wrong:
                seen.add(name)
        if number == 0:
            yield required(f"{here}.containerPort")
        else:
            yield from each(f"{here}.containerPort", number, names.port_number(number))
        if item.get("hostPort"):
            yield from each(f"{here}.hostPort", item["hostPort"], names.port_number(item["hostPort"]))
        yield from one_of(item.get("protocol", ""), PROTOCOLS, f"{here}.protocol")


def _host_ports(items: list[JSON], path: str) -> Errors:
    seen: set[str] = set()
    for index, item in enumerate(items):
        for number, port in enumerate(item.get("ports") or []):
            if not port.get("hostPort"):
                continue
            key = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
            if key in seen:
                yield duplicate(f"{path}[{index}].ports[{number}].hostPort", key)
            seen.add(key)


def _init_restart_policy(item: JSON, path: str, pod: PodContext) -> Errors:
    policy, rules = item.get("restartPolicy"), item.get("restartPolicyRules") or []
    if policy is None:
        if rules:
            yield required(f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used")
    elif not pod.dialect.every_container_has_a_restart_policy:
        if policy != "Always":
            yield unsupported(f"{path}.restartPolicy", policy, ["Always"])
    elif policy != "Always" or pod.dialect.restart_rules_may_restart_the_pod:
        yield from _restart_policy(item, path, pod)
    elif rules:
        yield forbidden(f"{path}.restartPolicyRules", "restartPolicyRules are not allowed for init containers with restart policy Always")


def _restart_policy(item: JSON, path: str, pod: PodContext) -> Errors:
    policy, rules = item.get("restartPolicy"), item.get("restartPolicyRules") or []
    if policy is None:
        if rules:
            yield required(f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used")
    elif policy not in RESTART_POLICIES:
        yield unsupported(f"{path}.restartPolicy", policy, RESTART_POLICIES)
    if len(rules) > MOST_RULES:
        yield too_many(f"{path}.restartPolicyRules", len(rules), MOST_RULES)
    actions = ["Restart", "RestartAllContainers"] if pod.dialect.restart_rules_may_restart_the_pod else ["Restart"]
    for index, rule in enumerate(rules):
        here, codes = f"{path}.restartPolicyRules[{index}]", rule.get("exitCodes")
        if rule.get("action", "") not in actions:
            yield unsupported(f"{here}.action", rule.get("action", ""), actions)
        if codes is None:
            yield required(f"{here}.exitCodes", "must be specified")
            continue
        if codes.get("operator", "") not in OPERATORS:
            yield unsupported(f"{here}.exitCodes.operator", codes.get("operator", ""), OPERATORS)
        if len(codes.get("values") or []) > MOST_EXIT_CODES:
            yield too_many(f"{here}.exitCodes.values", len(codes["values"]), MOST_EXIT_CODES)


def _resize_policy(items: list[JSON], path: str, pod: PodContext) -> Errors:
    seen: set[str] = set()
    for index, item in enumerate(items):
        name, policy = item.get("resourceName", ""), item.get("restartPolicy", "")
        if name in seen:
            yield duplicate(f"{path}[{index}]", name)
        seen.add(name)
        yield from one_of(name, RESIZABLE, path)
        yield from one_of(policy, RESIZE_POLICIES, path)
        if pod.spec.get("restartPolicy") == "Never" and policy != "NotRequired":
            yield invalid(path, policy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")
