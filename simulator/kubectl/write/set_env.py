"""`kubectl set env` (kubectl/pkg/cmd/set)."""

from __future__ import annotations

import copy

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.resolve import kinds_of
from simulator.kubectl.verb import BOTH, WHICH, Verb, about, options
from simulator.kubectl.write.acting import SELECTION, Acting, Writing
from simulator.kubectl.write.pod_specs import chosen_containers, pod_spec_of, update
from simulator.kubectl.write.set import CONTAINERS, SET
from simulator.kubectl.write.targets import Named, one_named, resources
from simulator.objects.base import JSON
from simulator.objects.config import ConfigMap, Secret
from simulator.objects.kinds import to_builtins


def _set_env(words: Words) -> Request:
    from simulator.manifest.validation.names import env_name

    if words["all"] and words["selector"]:
        raise Refusal(BOTH)
    args: list[str] = []
    changes: list[str] = []
    for word in words.args:
        if "=" in word or word.endswith("-"):
            changes.append(word)
        elif changes:
            raise Refusal(f"all resources must be specified before environment changes: {' '.join(words.args)}")
        else:
            args.append(word)
    if not args and not words["filename"]:
        raise Refusal(WHICH)
    if words["list"] and words["output"]:
        raise Refusal("--list and --output may not be specified together")
    if words["keys"] and not words["from"]:
        raise Refusal("when specifying --keys, a configmap or secret must be provided with --from")
    desired: dict[str, str | None] = {}
    for change in (*words["env"], *changes):
        name, equals, value = change.partition("=")
        if not equals and not change.endswith("-"):
            raise Refusal(f"unknown environment variable: {change}")
        if equals and (errors := env_name(name)):
            raise Refusal(f'"{name}" is not a valid key name: {";".join(errors)}')
        name = name if equals else change[:-1]
        if name in desired and (desired[name] is None) == bool(equals):
            raise Refusal("can not both modify and remove the same environment variable in the same command")
        desired[name] = value if equals else None
    names = ("selector", "all", "containers", "from", "prefix", "keys", "list")
    more = {} if words["overwrite"] else {"overwrite": False}
    return about("setEnv", words, args, options(words, *names, **more), **({"with": desired} if desired else {}))


def set_env(acting: Acting) -> None:
    """`set env`: variables that are set, removed, or taken from a ConfigMap or Secret."""
    prefix = acting.option("prefix", "")
    given = [{"name": name, "value": value} for name, value in acting.option("with", {}).items() if value is not None]
    added = [{**variable, "name": prefix + variable["name"]} for variable in (*given, *_from(acting))]
    removed = {name for name, value in acting.option("with", {}).items() if value is None}

    def change(spec: JSON, named: Named) -> None:
        chosen = chosen_containers(acting, spec)
        if not chosen:
            acting.warn(f'{named.kind.name}/{named.name} does not have any containers matching "{acting.option("containers", "*")}"')
        for item in chosen:
            present = item.get("env") or []
            if acting.option("overwrite") is False:
                _keep_values(present, added)
            variables = _merged(present, added, removed)
            if variables or present:
                item["env"] = variables
            if acting.option("list"):
                _list(acting, item, f"{named.kind.name} {named.name}")

    if acting.option("list"):
        for named in resources(acting):
            spec = pod_spec_of(copy.deepcopy(to_builtins(named.item))) if named.item is not None else None
            if spec is not None:
                change(spec, named)
        return
    update(acting, change, "env updated", "failed to patch env update to pod template: ", with_name=True)


def _from(acting: Acting) -> list[JSON]:
    """Variables for the keys of a ConfigMap or Secret."""
    source = str(acting.option("from", ""))
    if not source:
        return []
    type_, _, name = source.partition("/")
    item = one_named(acting, kinds_of(type_, acting.store)[0], name)
    if not isinstance(item, ConfigMap | Secret):
        raise Complaint("unsupported resource specified in --from")
    field = "configMapKeyRef" if isinstance(item, ConfigMap) else "secretKeyRef"
    desired = acting.option("keys") or sorted(item.data)
    variables = []
    for key in (key for key in sorted(item.data) if key in desired):
        variable = "".join(sign if sign.isalnum() or sign == "_" else "_" for sign in key).upper()
        if variable != key:
            acting.warn(f"key {key} transferred to {variable}")
        variables.append({"name": variable, "valueFrom": {field: {"name": name, "key": key}}})
    return variables


def _keep_values(present: list[JSON], added: list[JSON]) -> None:
    """Without --overwrite nothing that has a value gets another."""
    for variable in present:
        if any(other["name"] == variable["name"] for other in added):
            raise Complaint(f"'{variable['name']}' already has a value ({variable.get('value', '')}), and --overwrite is false")


def _merged(present: list[JSON], added: list[JSON], removed: set[str]) -> list[JSON]:
    """Variables keep their places; new ones come last."""
    news = {variable["name"]: variable for variable in added if variable["name"] not in removed}
    kept = [news.pop(item["name"], item) for item in present if item["name"] not in removed]
    return [*kept, *news.values()]


def _list(acting: Acting, container: JSON, owner: str) -> None:
    acting.out(f"# {owner}, container {container['name']}\n")
    for variable in container["env"]:
        source = variable.get("valueFrom")
        if source is None:
            acting.out(f"{variable['name']}={variable.get('value', '')}\n")
        else:
            acting.out(f"# {variable['name']} from {_reference(source)}\n")


def _reference(source: JSON) -> str:
    match source:
        case {"configMapKeyRef": result}:
            return f"configmap {result['name']}, key {result['key']}"
        case {"secretKeyRef": result}:
            return f"secret {result['name']}, key {result['key']}"
        case {"fieldRef": result}:
            return f"field path {result['fieldPath']}"
        case {"resourceFieldRef": result}:
            prefix = f"{result['containerName']}/" if result.get("containerName") else ""
            return f"resource field {prefix}{result['resource']}"
    return "invalid valueFrom"


VERBS: tuple[Verb, ...] = (
    Verb(("set", "env"), "env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N", "Set environment variables.",
         (*SET, CONTAINERS, Flag("env", "array", "e", help="Variable to set: KEY=VALUE."),
         Flag("from", help="Take variables from a ConfigMap or Secret."),
          Flag("keys", "slice", help="With --from: take only these keys."), Flag("prefix", help="Prefix for the names of variables."),
          Flag("list", "bool", help="Print the current values."),
          Flag("overwrite", "bool", default=True, help="Allow existing values to be replaced.")),
         _set_env,
         ("set env deployment/web MODE=fast", "set env deployment/web --from=configmap/settings")),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "setEnv": Writing(set_env, ("with", "from", "keys", "prefix", "containers", "overwrite", *SELECTION)),
}
