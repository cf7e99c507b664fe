"""The terminal line of the bench: kubectl's verbs and podsim's, at an instant of the run.

A verb that writes becomes an action of the Scenario.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from simulator.errors import InputError, Problem
from simulator.golang.pflag import FlagError
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.errors import KubectlError, Refusal
from simulator.kubectl.files import HostFiles
from simulator.kubectl.flags import Words, parse, require
from simulator.kubectl.live import flags_of
from simulator.kubectl.request import Request
from simulator.kubectl.verb import PROGRAM, Caller, Reading, Understand, Verb, check_output
from simulator.kubectl.view import View
from simulator.kubectl.words import MODULES, find, first_word
from simulator.kubectl.write.documents import unreadable_path
from simulator.manifest.files import Source
from simulator.objects.base import JSON
from simulator.units import short_duration
from simulator.views.story.collect import Choice, story
from simulator.views.story.lines import lines as story_lines
from simulator.views.styled import plain
from simulator.views.timeline.text import draw
from simulator.views.why.lacking import nothing_unready
from simulator.views.why.lines import lines
from simulator.views.why.question import explain, explain_unready, targets

WIDTH = 100


class Reply(NamedTuple):
    """What a line printed, its exit code, and the action that it asks for."""

    text: str
    code: int = 0
    action: JSON | None = None


def run(line: str, snapshot: Snapshot) -> Reply:
    """Run a command line at the snapshot's instant."""
    try:
        argv = shlex.split(line)
    except ValueError as error:
        return Reply(f"error: {error}\n", 1)
    if argv and argv[0] in ("podsim", "kubectl", "k"):
        argv = argv[1:]
    word, place = first_word(argv)
    if not word or word == "help":
        return Reply(HELP)
    del argv[place]
    try:
        return OWN[word](argv, snapshot) if word in OWN else _kubectl(word, argv, snapshot)
    except (InputError, FlagError) as error:
        return Reply(f"error: {error}\n", 1)
    except Refusal as error:
        see = f"\nSee '{PROGRAM} {word} -h' for help and examples" if error.usage else ""
        return Reply(f"{error}{see}\n", 1)
    except KubectlError as error:
        return Reply(f"{error}\n", error.code)


def _kubectl(word: str, argv: Sequence[str], snapshot: Snapshot) -> Reply:
    if word not in MODULES:
        return Reply(f'error: unknown command "{word}"; `help` lists the commands\n', 1)
    verb, rest, path = find(word, argv)
    if verb is None:
        return Reply(f"error: incomplete command: {' '.join(path)}\n", 1)
    if "-h" in rest or "--help" in rest:
        return Reply(f"{verb.short}\n\nUsage:\n  {verb.use}\n" + "".join(f"  {example}\n" for example in verb.examples))
    words = parse(rest, flags_of(verb), HostFiles())
    return _read(verb.does, words, snapshot) if isinstance(verb.does, Reading) else _write(verb, verb.does, words, snapshot)


def _read(reading: Reading, words: Words, snapshot: Snapshot) -> Reply:
    reading.check(words)
    namespace = words["namespace"] or snapshot.header.namespace or "default"
    printed = reading.prints(words, View(snapshot), Caller(namespace))
    return Reply(printed.out + printed.err, printed.code)


def _write(verb: Verb, understand: Understand, words: Words, snapshot: Snapshot) -> Reply:
    require(words, flags_of(verb))
    check_output(words, verb)
    request = understand(words)
    if problem := next((item for item in request.sources if isinstance(item, Problem)), None):
        return Reply(f"error: {unreadable_path(problem)}\n", 1)
    warnings = "".join(f"Warning: {warning}\n" for warning in words.warnings)
    return Reply(warnings, 0, _action(request, words["namespace"], snapshot.t))


def _action(request: Request, namespace: str, t: int) -> JSON:
    """The request as an entry of a Scenario's `actions`; files stay files of the Scenario's folder."""
    options: dict[str, Any] = {name: value for name, value in request.options.items() if value is not None}
    if namespace:
        options["namespace"] = namespace
    names = [source.name for source in request.sources if isinstance(source, Source)]
    return {"at": short_duration(t), request.verb: request.target or ",".join(names), **options}


def _why(words: Sequence[str], snapshot: Snapshot) -> Reply:
    namespace = snapshot.header.namespace or None
    trees = explain(snapshot, targets(snapshot, tuple(words), namespace)) if words else explain_unready(snapshot, namespace)
    if not trees:
        return Reply("".join(f"{line}\n" for line in nothing_unready(snapshot, namespace)))
    return Reply(plain([line for tree in trees for line in lines(tree, WIDTH)]))


def _story(words: Sequence[str], snapshot: Snapshot) -> Reply:
    keys = targets(snapshot, tuple(words), snapshot.header.namespace or None, ever=True) if words else None
    return Reply(plain(story_lines(story(snapshot, keys, Choice()), snapshot)))


def _timeline(_words: Sequence[str], snapshot: Snapshot) -> Reply:
    return Reply(plain(draw(snapshot, WIDTH)))


OWN: dict[str, Callable[[Sequence[str], Snapshot], Reply]] = {"why": _why, "story": _story, "timeline": _timeline}
"""podsim's own commands."""
HELP = f"""Commands run at the instant under the cursor.
Read:    get describe events logs top wait rollout auth; why story timeline
Change:  {" ".join(word for word in MODULES if word not in ("get", "describe", "events", "logs", "top", "wait", "auth", "edit"))}
A change becomes an action of scenario.yaml at that instant. Examples:
  get pods -w
  scale deployment/web --replicas 5
  delete pod web-0
"""
