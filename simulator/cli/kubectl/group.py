"""`create`, `set`: commands of kubectl that have commands below them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from simulator.cli.hints import hint
from simulator.cli.kubectl.verb import fail, help_of, run
from simulator.kubectl.verb import PROGRAM, Verb

WITHOUT = {
    ("set", "selector"): "use patch",
    ("set", "serviceaccount"): "use patch",
    ("set", "subject"): "use patch",
    ("create", "token"): "there is no API server to show one to",
}
"""kubectl's commands below `create` and `set` that podsim refuses, and why or what to type instead."""


class VerbGroup(click.Command):
    """`create`, `set`: what comes behind is a verb of its own; flags may stand before it."""

    def __init__(self, name: str, verbs: Sequence[Verb], short: str, itself: Verb | None = None) -> None:
        super().__init__(name, short_help=short)
        self.verbs, self.itself = list(verbs), itself

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave everything to the verb."""
        ctx.args = args
        return args

    def invoke(self, ctx: click.Context) -> int:
        """Find the verb and carry it out."""
        below = (str(self.name), _first_word(ctx.args)[0])
        if below in WITHOUT:
            return fail(f"error: podsim does not know {' '.join(below)}: {WITHOUT[below]}\n")
        found, rest = self._find(ctx.args)
        if found is not None and (found.path != (self.name,) or not _asks_help(rest)):
            code = run(found, rest)
            if code and found is self.itself:
                hint(_first_word(rest)[0], self._next([str(self.name)]))
            return code
        if _asks_help(ctx.args) or not _first_word(ctx.args)[0]:
            click.echo(self.overview(), nl=False)
            return 0 if _asks_help(ctx.args) else 1
        path, words = [str(self.name)], _all_words(ctx.args)
        while words and any(_leads(verb, (*path, words[0])) for verb in self.verbs):
            path.append(words.pop(0))
        if not words:
            click.echo(self.overview(), nl=False)
            return 1
        unknown = " ".join(words)
        code = fail(f"error: unknown command \"{unknown}\"\nSee '{PROGRAM} {' '.join(path)} -h' for help and examples\n")
        hint(words[0], self._next(path))
        return code

    def _next(self, path: Sequence[str]) -> list[str]:
        """The words that may follow."""
        return [verb.path[len(path)] for verb in self.verbs if verb.path[: len(path)] == tuple(path) and len(verb.path) > len(path)]

    def _find(self, argv: list[str]) -> tuple[Verb | None, list[str]]:
        """The verb with the most words that fit, and what is left of the command line."""
        path, rest = [str(self.name)], list(argv)
        while True:
            word, place = _first_word(rest)
            if not word or not any(_leads(verb, (*path, word)) for verb in self.verbs):
                break
            path.append(word)
            del rest[place]
        exact = next((verb for verb in self.verbs if _leads(verb, tuple(path)) and len(verb.path) == len(path)), None)
        return exact or (self.itself if len(path) == 1 else None), rest

    def overview(self) -> str:
        """The commands below."""
        formatter = click.HelpFormatter(max_width=100)
        formatter.write_usage("podsim", f"{self.name} COMMAND")
        with formatter.section("Commands"):
            formatter.write_dl([(" ".join(verb.path[1:]), verb.short) for verb in self.verbs])
        with formatter.section("Examples"):
            for verb in (verb for verb in self.verbs if verb.examples):
                formatter.write(f"  podsim {verb.examples[0]}\n")
        return (help_of(self.itself) + "\n" if self.itself is not None else "") + formatter.getvalue()


def _asks_help(argv: Sequence[str]) -> bool:
    return "-h" in argv or "--help" in argv


def _first_word(argv: Sequence[str]) -> tuple[str, int]:
    """The first word that is no flag, nor the value of `-n`, and where it stands."""
    takes_value = False
    for place, word in enumerate(argv):
        if word == "--":
            break
        if not word.startswith("-") and not takes_value:
            return word, place
        takes_value = word in ("-n", "--namespace", "--at", "--for", "-f", "--filename", "-o", "--output")
    return "", -1


def _all_words(argv: Sequence[str]) -> list[str]:
    """All words that are no flags, nor values of flags."""
    words: list[str] = []
    rest = list(argv)
    while True:
        word, place = _first_word(rest)
        if not word:
            return words
        words.append(word)
        del rest[place]


def _leads(verb: Verb, path: tuple[str, ...]) -> bool:
    """Whether these words are the verb's, or its beginning."""
    last = (verb.path[-1], *verb.aliases)
    if len(path) == len(verb.path):
        return verb.path[:-1] == path[:-1] and path[-1] in last
    return verb.path[: len(path)] == path
