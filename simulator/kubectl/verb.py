"""What a command line of kubectl becomes: a typed action, or one of kubectl's own refusals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.errors import Problem
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Refusal, Unsupported
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.manifest.files import Source
from simulator.objects.base import JSON

if TYPE_CHECKING:
    from simulator.api.authorization.access import Access
    from simulator.journal.snapshot import Snapshot
    from simulator.kubectl.view import Printed, View

PROGRAM = "kubectl"
"""How messages call the program: word for word as recorded, since they are kubectl's."""


class Caller(NamedTuple):
    """Who runs a verb that reads: the namespace where names are looked up, and the cluster as it was when kubectl was started.

    `start` None: what is looked back at is taken to have been followed from its beginning. `live`: the cluster is running, so that what
    has not happened yet may still happen. `access`: what the user may do; None: everything.
    """

    namespace: str = "default"
    start: Snapshot | None = None
    live: bool = False
    access: Access | None = None

    def namespaces(self, words: Words) -> str | None:
        """The namespace of a verb that takes `-A`; None: all of them."""
        return None if words["all-namespaces"] else self.namespace


FOLLOWED = Caller()
"""When kubectl was started is not known."""


class Reading(NamedTuple):
    """What a verb that reads does: what it prints, given its words and a view of the cluster.

    `about`: what its help says; `check` raises KubectlError for words that make no sense, whatever there is to see.
    `begins_with_typed`: in a run that was continued by commands, it is about what came of the last one.
    """

    prints: Callable[[Words, View, Caller], Printed]
    about: str = ""
    check: Callable[[Words], None] = lambda _words: None
    begins_with_typed: bool = False


Understand = Callable[[Words], Request]
"""What a verb that writes is asked to do by its words. Raises Refusal."""


class Verb(NamedTuple):
    """A command of kubectl: its words, its usage line, what it is for, its flags, what it does, examples."""

    path: tuple[str, ...]
    use: str
    short: str
    flags: tuple[Flag, ...]
    does: Reading | Understand
    examples: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its words in one: `create deployment`."""
        return " ".join(self.path)


PRINTED = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml"
"""What `-o` may be where there are no tables."""


def check_output(words: Words, verb: Verb) -> None:
    """Refuse a format that there is not. Raises Refusal."""
    form = (words.flags.get("output") or "").partition("=")[0]
    if verb.path == ("delete",) or not form:
        return
    if form not in PRINTED.split(","):
        raise Refusal(f'unable to match a printer suitable for the output format "{form}", allowed formats are: {PRINTED}')
    output_format(words)


# ---- flags that many verbs have

DRY_RUN = Flag(
    "dry-run", default="none", bare="unchanged", metavar="STRATEGY", help="server or client: print what would happen, change nothing."
)
OUTPUT = Flag("output", short="o", metavar="FORMAT", help="name, yaml, json, jsonpath=TEMPLATE.")
SELECTOR = Flag("selector", short="l", metavar="LABELS", help="Select objects by labels.")
FIELD_SELECTOR = Flag("field-selector", metavar="FIELDS", help="Select objects by fields.")
FILENAME = Flag("filename", "slice", "f", metavar="FILE", help="Manifest, directory of manifests, or '-' for standard input.")
RECURSIVE = Flag("recursive", "bool", "R", help="Read directories recursively.")
KUSTOMIZE = Flag("kustomize", short="k", metavar="DIRECTORY", help="Not supported: render it first.")
ALL = Flag("all", "bool", help="Select all objects of the type.")
VALIDATE = Flag("validate", default="strict", bare="strict", metavar="HOW", help="How to handle unknown fields: strict, warn or ignore.")
OVERWRITE = Flag("overwrite", "bool", help="Allow existing values to be replaced.")
QUIET = (
    Flag("field-manager", help="Accepted, but has no effect."),
    Flag("allow-missing-template-keys", "bool", default=True, help="Accepted, but has no effect."),
    Flag("template", help="Accepted, but has no effect."),
    Flag("show-managed-fields", "bool", help="Accepted, but has no effect."),
    Flag("save-config", "bool", help="Save the configuration in the object's annotation, for `apply`."),
    Flag("record", "bool", help="Accepted, but has no effect."),
)
"""Flags of kubectl that change nothing here."""


def dry_run(words: Words) -> str:
    """`client`, `server` or empty. Raises Refusal."""
    text = str(words["dry-run"])
    if text in ("unchanged", "client", "true"):
        return "client"
    if text == "server":
        return "server"
    if text in ("none", "false"):
        return ""
    raise Refusal(f'Invalid dry-run value ({text}). Must be "none", "server", or "client".')


def output_format(words: Words) -> str:
    """What `-o` says, with the text of a file that it names. Raises Refusal."""
    form, equals, argument = str(words["output"]).partition("=")
    if not form.endswith("-file") or not equals:
        return str(words["output"])
    try:
        return f"{form.removesuffix('-file')}={words.files.read(argument).decode(errors='replace')}"
    except OSError as error:
        raise Refusal(f"open {argument}: {error.strerror}") from error


def validation(words: Words) -> str:
    """What to do about unknown fields. Raises Refusal."""
    text = str(words["validate"])
    if text not in ("strict", "true", "warn", "ignore", "false"):
        raise Refusal(f'invalid - validate option "{text}"; must be one of: strict (or true), warn, ignore (or false)')
    return {"true": "strict", "false": "ignore"}.get(text, text)


def options(words: Words, *names: str, **more: Any) -> JSON:
    """The options of an action, of flags that were given, under their camel-case names; `more` when not None."""
    chosen = {camel(name): words[name] for name in names if name in words.given}
    chosen |= {name: value for name, value in more.items() if value is not None}
    if dry := (dry_run(words) if "dry-run" in words.flags else ""):
        chosen["dryRun"] = dry
    return chosen


def camel(name: str) -> str:
    """`to-revision` -> `toRevision`."""
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)


def target(args: Sequence[str], chosen: JSON | None = None) -> str:
    """kubectl's resource arguments in the form that Scenarios prefer: `deployment web` -> `deployment/web`.

    Beside a selector among the `chosen` options they stay as they are: both together are an error.
    """
    words = list(args)
    selects = any((chosen or {}).get(name) for name in ("selector", "fieldSelector", "all"))
    if len(words) > 1 and not selects and not any("/" in word for word in words):
        return " ".join(f"{type_}/{name}" for type_ in words[0].split(",") for name in words[1:])
    return " ".join(words)


def files(words: Words) -> tuple[Source | Problem, ...]:
    """The texts of `-f`, read now: what is typed later must not change what was typed. Raises Refusal."""
    if words.flags.get("kustomize"):
        raise Unsupported("podsim does not run kustomize: pipe `kustomize build` into `-f -`")
    names: list[str] = words["filename"]
    for name in names:
        if name.startswith(("http://", "https://")):
            raise Unsupported(f"podsim has no network: {name} cannot be read")
    return tuple(words.files.sources(names, recursive=bool(words.flags.get("recursive"))))


FILES = (FILENAME, RECURSIVE, KUSTOMIZE)


def file_names(words: Words) -> str:
    """The target of a request that is about files."""
    return "\n".join(words["filename"])


def validate(words: Words) -> str | None:
    """The option `validate` of a request; None for kubectl's own choice."""
    how = validation(words)
    return None if how == "strict" else how


def need_files(words: Words) -> None:
    """Raise Refusal when no file was named."""
    if not words["filename"] and not words.flags.get("kustomize"):
        raise Refusal("must specify one of -f and -k")


def one_name(words: Words) -> str:
    """The NAME argument. Raises Refusal."""
    count = len(words.args) if words.dash == -1 else words.dash
    if count != 1:
        raise Refusal(f"exactly one NAME is required, got {count}", usage=True)
    return words.args[0]


def pairs(args: Sequence[str], what: str) -> tuple[list[str], list[str]]:
    """Resources, and the `key=value` and `key-` words behind them. Raises Refusal."""
    resources: list[str] = []
    changes: list[str] = []
    for word in args:
        if ("=" in word and not word.startswith("=")) or (word.endswith("-") and word != "-"):
            changes.append(word)
        elif changes:
            raise Refusal(f"all resources must be specified before {what} changes: {word}")
        else:
            resources.append(word)
    return resources, changes


def parsed_pairs(changes: Sequence[str], what: str, *, removes: bool) -> dict[str, str | None]:
    """`a=1 b-` as a mapping, None for what is removed. Raises Refusal."""
    parsed: dict[str, str | None] = {}
    wrong = []
    for word in changes:
        key, equals, value = word.partition("=")
        if equals and key:
            parsed[key] = value
        elif removes and word.endswith("-") and word != "-":
            parsed[word[:-1]] = None
        else:
            wrong.append(word)
    if wrong:
        raise Refusal(f"invalid {what} format: {', '.join(wrong)}")
    return parsed


def label_specs(text: str) -> dict[str, str]:
    """`a=1,b=2`. Raises Refusal."""
    labels = {}
    for term in filter(None, text.split(",")):
        key, equals, value = term.partition("=")
        if not equals or "=" in value:
            raise Refusal(f"unexpected label spec: {term}")
        if not key:
            raise Refusal("unexpected empty label key")
        labels[key] = value
    return labels


# ---- requests about objects that are there

COMMON = (OUTPUT, FILENAME, RECURSIVE, KUSTOMIZE, *QUIET)
SELECTED = (SELECTOR, *COMMON)
BOTH = "cannot set --all and --selector at the same time"
BOTH_FIELDS = "cannot set --all and --field-selector at the same time"
WHICH = "one or more resources must be specified as <resource> <name> or <resource>/<name>"


def about(verb: str, words: Words, args: list[str], chosen: JSON, **more: Any) -> Request:
    """A request about the objects that arguments or files name. Raises Refusal."""
    sources = files(words)
    if sources and args:
        raise Refusal(
            "resource/name arguments cannot be provided when a path is specified"
            if "/" in args[0]
            else "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well"
        )
    return Request(verb, target(args, chosen), {**chosen, **more}, sources)


def exclusive(words: Words) -> None:
    """Raise Refusal when objects are chosen in two ways at once."""
    if words.flags.get("all") and words.flags.get("selector"):
        raise Refusal(BOTH)
    if words.flags.get("all") and words.flags.get("field-selector"):
        raise Refusal(BOTH_FIELDS)


def nothing_named() -> str:
    """What kubectl says when no object was named."""
    from simulator.kubectl.resolve import NOTHING_NAMED

    return NOTHING_NAMED
