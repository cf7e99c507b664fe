"""`rollout`, `delete`, `cordon`, `drain`, `exec` on the command line."""

from __future__ import annotations

from typing import Any

from simulator.kubectl.errors import Refusal, Unsupported
from simulator.kubectl.flags import ALL_NAMESPACES, Flag, Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import (
    ALL,
    DRY_RUN,
    FIELD_SELECTOR,
    FILENAME,
    KUSTOMIZE,
    OUTPUT,
    RECURSIVE,
    SELECTED,
    SELECTOR,
    Verb,
    about,
    nothing_named,
    options,
)

# ---- roll-outs


def _rollout(verb: str) -> Any:
    def understand(words: Words) -> Request:
        if not words.args and not words["filename"]:
            raise Refusal("required resource not specified")
        chosen = options(words, "selector", *(["to-revision"] if "to-revision" in words.flags else []))
        return about(verb, words, words.args, chosen)

    return understand


# ---- going away


def _delete(words: Words) -> Request:
    grace = words["grace-period"]
    if words["now"]:
        if grace != -1:
            raise Refusal("--now and --grace-period cannot be specified together")
        grace = 1
    if words["interactive"]:
        raise Unsupported("podsim does not ask back: delete without --interactive")
    if words["cascade"] not in ("background", "foreground", "orphan"):
        raise Refusal(f'invalid cascade value ({words["cascade"]}). Must be "background", "foreground", or "orphan"')
    if words["all"] and (words["selector"] or words["field-selector"]):
        raise Refusal("setting 'all' parameter but found a non empty selector. ")
    if not words.args and not words["filename"]:
        raise Refusal(nothing_named())
    if words["output"] not in ("", "name"):
        raise Refusal(f"unexpected -o output mode: {words['output']}. We only support '-o name'")
    if words["force"] and grace > 0:
        raise Refusal("--force and --grace-period greater than 0 cannot be specified together")
    chosen = options(
        words, "selector", "field-selector", "all", "all-namespaces", "force", "ignore-not-found",
        gracePeriodSeconds=None if grace < 0 else grace,
        cascade=None if words["cascade"] == "background" else words["cascade"],
    )  # fmt: skip
    return about("delete", words, words.args, chosen)._replace(wait=bool(words["wait"]))


def _nodes(verb: str, use: str) -> Any:
    def understand(words: Words) -> Request:
        if not words.args and "selector" not in words.given:
            raise Refusal(f"USAGE: {use} [flags]", usage=True)
        if words.args and words["selector"]:
            raise Refusal("error: cannot specify both a node name and a --selector option", usage=True)
        nodes = [word if "/" in word else f"node/{word}" for word in words.args] or ["nodes"]
        chosen = options(words, "selector")
        if verb == "drain":
            chosen |= options(words, "force", "pod-selector", ignoreDaemonsets=words["ignore-daemonsets"] or None)
            chosen |= options(words, deleteEmptydirData=words["delete-emptydir-data"] or None)
            chosen |= {"timeout": words["timeout"]} if words["timeout"] not in ("0", "0s") else {}
            chosen |= {"gracePeriod": words["grace-period"]} if words["grace-period"] >= 0 else {}
        return Request(verb, " ".join(nodes), chosen)

    return understand


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


def _edit(words: Words) -> Request:
    raise Unsupported("podsim has no editor: use patch, set, label, apply or replace")


TO_REVISION = Flag("to-revision", "int64", default=0, metavar="NUMBER", help="The revision to go back to. Default: the one before.")
NODE_FLAGS = (SELECTOR, DRY_RUN, OUTPUT)
DRAIN_FLAGS = (
    *NODE_FLAGS,
    Flag("force", "bool", help="Pods without a controller too."),
    Flag("ignore-daemonsets", "bool", help="Leave pods of DaemonSets."),
    Flag("delete-emptydir-data", "bool", help="Pods with an emptyDir too."),
    Flag("grace-period", "int", default=-1, metavar="SECONDS", help="Instead of the pods' own."),
    Flag("timeout", "duration", default="0s", metavar="DURATION", help="How long to try."),
    Flag("pod-selector", metavar="LABELS", help="Only these pods."),
)
DELETE_FLAGS = (
    SELECTOR, FIELD_SELECTOR, ALL, ALL_NAMESPACES, FILENAME, RECURSIVE, KUSTOMIZE, DRY_RUN, OUTPUT,
    Flag("grace-period", "int", default=-1, metavar="SECONDS", help="How long pods may take to stop."),
    Flag("force", "bool", help="At once, with --grace-period=0."),
    Flag("now", "bool", help="As --grace-period=1."),
    Flag("cascade", default="background", bare="background", metavar="HOW", help="background, foreground or orphan."),
    Flag("ignore-not-found", "bool", help="What is not there is no error."),
    Flag("wait", "bool", default=True, help="Play on until the objects are gone."),
    Flag("timeout", "duration", default="0s", help="Accepted, without effect."),
    Flag("interactive", "bool", "i", help="Refused."),
)  # fmt: skip

VERBS: tuple[Verb, ...] = (
    Verb(("rollout", "pause"), "pause RESOURCE", "Pause a Deployment's roll-out.", SELECTED, _rollout("rolloutPause"),
         ("rollout pause deployment/web",)),
    Verb(("rollout", "resume"), "resume RESOURCE", "Resume a paused one.", SELECTED, _rollout("rolloutResume"),
         ("rollout resume deployment/web",)),
    Verb(("rollout", "restart"), "restart RESOURCE", "Replace all pods.", SELECTED, _rollout("rolloutRestart"),
         ("rollout restart deployment/web",)),
    Verb(("rollout", "undo"), "undo (TYPE NAME | TYPE/NAME) [flags]", "Go back to an earlier revision.", (*SELECTED, DRY_RUN, TO_REVISION),
         _rollout("rolloutUndo"), ("rollout undo deployment/web", "rollout undo deployment/web --to-revision=2")),
    Verb(("delete",), "delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)])", "Delete objects.", DELETE_FLAGS, _delete,
         ("delete pod web-0", "delete pods -l app=web --grace-period=5", "delete -f app.yaml")),
    Verb(("cordon",), "cordon NODE", "Keep new pods from a node.", NODE_FLAGS, _nodes("cordon", "cordon NODE"), ("cordon minikube",)),
    Verb(("uncordon",), "uncordon NODE", "Let them come again.", NODE_FLAGS, _nodes("uncordon", "uncordon NODE"), ("uncordon minikube",)),
    Verb(("drain",), "drain NODE", "Evict the pods of a node.", DRAIN_FLAGS, _nodes("drain", "drain NODE"),
         ("drain node-2 --ignore-daemonsets",)),
    Verb(("exec",), "exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]", "Run a command in a container.",
         (Flag("container", short="c", metavar="CONTAINER", help="Which one."),
          Flag("stdin", "bool", "i", help="Accepted: there is no input."), Flag("tty", "bool", "t", help="Accepted, without effect."),
          Flag("quiet", "bool", "q"), Flag("filename", "slice", "f"), Flag("pod-running-timeout", "duration", default="1m0s")),
         _exec, ("exec web-0 -- cat /etc/hosts",)),
    Verb(("edit",), "edit (RESOURCE/NAME | -f FILENAME)", "Refused: use patch, set, apply or replace.", (OUTPUT, FILENAME), _edit,
         ("set image deployment/web server=nginx:1.27", "patch deployment web -p '{\"spec\": {\"replicas\": 2}}'")),
)  # fmt: skip
