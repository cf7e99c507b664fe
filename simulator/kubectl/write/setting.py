"""`scale`, `patch` and `set` on the command line."""

from __future__ import annotations

import json

from simulator.kubectl.errors import Refusal
from simulator.kubectl.flags import Flag, Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import (
    ALL,
    BOTH,
    COMMON,
    DRY_RUN,
    SELECTED,
    SELECTOR,
    WHICH,
    Verb,
    about,
    nothing_named,
    options,
    pairs,
    parsed_pairs,
)


def _scale(words: Words) -> Request:
    if words["replicas"] < 0:
        raise Refusal("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if words["current-replicas"] < -1:
        raise Refusal("The --current-replicas must specify an integer of -1 or greater")
    return about("scale", words, words.args, options(words, "replicas", "current-replicas", "resource-version", "all", "selector"))


PATCH_TYPES = ("json", "merge", "strategic")


def _patch(words: Words) -> Request:
    from simulator.manifest.documents import Broken, documents

    text = words["patch"]
    if text and words["patch-file"]:
        raise Refusal("cannot specify --patch and --patch-file together")
    if not text and not words["patch-file"]:
        raise Refusal("must specify --patch or --patch-file containing the contents of the patch")
    if words["type"].lower() not in PATCH_TYPES:
        raise Refusal(f'--type must be one of [{" ".join(PATCH_TYPES)}], not "{words["type"]}"')
    if words["patch-file"]:
        text = _read(words)
    found = next(documents(text), None)
    if isinstance(found, Broken):
        why = found.kubectl.removeprefix("error converting YAML to JSON: ")
        raise Refusal(f"unable to parse {json.dumps(text, ensure_ascii=False)}: {why}")
    change = None if found is None else found.value
    return about("patch", words, words.args, options(words), **{"with": change, "type": words["type"].lower()})


def _read(words: Words) -> str:
    name = words["patch-file"]
    try:
        return words.files.read(name).decode()
    except OSError as error:
        raise Refusal(f"unable to read patch file: open {name}: {(error.strerror or str(error)).lower()}") from error


def _set_image(words: Words) -> Request:
    args, changes = pairs(words.args, "image")
    images = parsed_pairs(changes, "image", removes=False)
    wrong = []
    if words["all"] and words["selector"]:
        wrong.append(BOTH)
    if not args and not words["filename"]:
        raise Refusal(nothing_named())
    if not images:
        wrong.append("at least one image update is required")
    elif len(images) > 1 and "*" in images:
        wrong.append("all containers are already specified by *, but saw more than one container_name=container_image pairs")
    if wrong:
        raise Refusal("\n".join(wrong))
    return about("setImage", words, args, options(words, "selector", "all"), **{"with": images})


def _set_resources(words: Words) -> Request:
    if words["all"] and words["selector"]:
        raise Refusal(BOTH)
    if not words["limits"] and not words["requests"]:
        raise Refusal("you must specify an update to requests or limits (in the form of --requests/--limits)")
    chosen = options(words, "selector", "all", "containers", limits=_amounts(words["limits"]), requests=_amounts(words["requests"]))
    return about("setResources", words, words.args, chosen)


def _amounts(text: str) -> dict[str, str] | None:
    """`cpu=100m,memory=64Mi`. Raises Refusal."""
    from simulator.units import parse_quantity

    if not text:
        return None
    amounts = {}
    for term in text.split(","):
        parts = term.split("=")
        if len(parts) != 2:
            raise Refusal(f"invalid argument syntax {term}, expected <resource>=<value>")
        try:
            parse_quantity(parts[1])
        except ValueError:
            pattern = "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            raise Refusal(f"quantities must match the regular expression {pattern}") from None
        amounts[parts[0]] = parts[1]
    return amounts


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
    wanted: dict[str, str | None] = {}
    for change in (*words["env"], *changes):
        name, equals, value = change.partition("=")
        if not equals and not change.endswith("-"):
            raise Refusal(f"unknown environment variable: {change}")
        if equals and (errors := env_name(name)):
            raise Refusal(f'"{name}" is not a valid key name: {";".join(errors)}')
        name = name if equals else change[:-1]
        if name in wanted and (wanted[name] is None) == bool(equals):
            raise Refusal("can not both modify and remove the same environment variable in the same command")
        wanted[name] = value if equals else None
    names = ("selector", "all", "containers", "from", "prefix", "keys", "list")
    more = {} if words["overwrite"] else {"overwrite": False}
    return about("setEnv", words, args, options(words, *names, **more), **({"with": wanted} if wanted else {}))


SET = (SELECTOR, ALL, DRY_RUN, Flag("local", "bool", help="Accepted, without effect."), *COMMON)
CONTAINERS = Flag("containers", short="c", default="*", metavar="NAMES", help="Only these containers; * stands for anything.")
VERBS: tuple[Verb, ...] = (
    Verb(("scale",), "scale [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)", "Set how many replicas are wanted.",
         (Flag("replicas", "int", default=0, required=True, metavar="COUNT", help="How many."),
          Flag("current-replicas", "int", default=-1, metavar="COUNT", help="Only if there are so many now."),
          Flag("resource-version", metavar="VERSION", help="Only if the object is of this version."),
          Flag("timeout", "duration", default="0s"), ALL, DRY_RUN, *SELECTED), _scale,
         ("scale deployment/web --replicas=3",)),
    Verb(("patch",), "patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]", "Change fields of an object.",
         (Flag("patch", short="p", metavar="PATCH", help="JSON or YAML."), Flag("patch-file", metavar="FILE", help="Where the patch is."),
          Flag("type", default="strategic", metavar="TYPE", help="json, merge or strategic."), Flag("subresource"), DRY_RUN, *COMMON),
         _patch,
         ("patch deployment web -p '{\"spec\": {\"replicas\": 2}}'",)),
    Verb(("set", "image"), "image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ...", "Change images.", SET, _set_image,
         ("set image deployment/web server=nginx:1.27",)),
    Verb(("set", "resources"), "resources (-f FILENAME | TYPE NAME) [--limits=LIMITS] [--requests=REQUESTS]", "Change requests and limits.",
         (*SET, CONTAINERS, Flag("limits", metavar="AMOUNTS", help="cpu=200m,memory=512Mi"),
          Flag("requests", metavar="AMOUNTS", help="cpu=100m,memory=256Mi")), _set_resources,
         ("set resources deployment/web --limits=cpu=200m,memory=512Mi",)),
    Verb(("set", "env"), "env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N", "Change environment variables.",
         (*SET, CONTAINERS, Flag("env", "array", "e", help="A variable, KEY=VALUE."), Flag("from", help="A ConfigMap or Secret."),
          Flag("keys", "slice", help="Only these keys of it."), Flag("prefix", help="Put before names."),
          Flag("list", "bool", help="Print what is there."), Flag("overwrite", "bool", default=True, help="Values may be replaced.")),
         _set_env,
         ("set env deployment/web MODE=fast", "set env deployment/web --from=configmap/settings")),
)  # fmt: skip
