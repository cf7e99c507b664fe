"""find: an expression of tests and actions with and, or, not and parentheses, asked of every file below some paths."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Generator
from typing import Any, NamedTuple

from simulator.process.effects import Call, Effect, GetStat, ListDir, Now, Program, Remove, Spawn, Stat, WaitFor
from simulator.process.errno import Errno
from simulator.process.fileio import absolute
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.units import SECOND
from simulator.userland.find.tests import KINDS, PERMISSIONS, TESTS, Found, Test
from simulator.userland.streams import Gen, complain, out


class Search:
    """One run of find: what its options say, and what its actions have decided."""

    def __init__(self, call: Call, now: int) -> None:
        self.call = call
        self.now = now
        self.deepest: int | None = None
        self.shallowest = 0
        self.below_first = False
        self.acts = False
        self.pruned = False
        self.over = False
        self.together: dict[tuple[str, ...], list[str]] = {}


Answer = Generator[Effect, Any, bool]
Node = Callable[[Search, Found], Answer]

_IGNORED = {"-xdev", "-mount", "-follow", "-noleaf", "-daystart", "-ignore_readdir_race", "-warn", "-nowarn", "-H", "-L", "-P", "-O3"}


def _asks(test: Test, value: str) -> Node:
    def node(search: Search, found: Found) -> Answer:
        yield from ()
        return test(search.now, found, value)

    return node


def _empty(_: Search, found: Found) -> Answer:
    if found.stat.kind == "dir":
        names = yield ListDir(found.path)
        return isinstance(names, tuple) and not names
    return found.stat.kind == "file" and found.stat.size == 0


def _newer(reference: str) -> Node:
    def node(search: Search, found: Found) -> Answer:
        other: Stat | Errno = yield GetStat(absolute(search.call, reference))
        if isinstance(other, Errno):
            raise UsageError(f"'{reference}': {other}")
        return found.stat.mtime > other.mtime

    return node


def _delete(_: Search, found: Found) -> Answer:
    problem = yield Remove(found.path)
    return problem is None


def _prune(search: Search, _: Found) -> Answer:
    search.pruned = True
    yield from ()
    return True


def _quit(search: Search, _: Found) -> Answer:
    search.over = True
    yield from ()
    return True


def _print(template: str) -> Node:
    def node(_: Search, found: Found) -> Answer:
        values = {
            "f": found.name, "h": posixpath.dirname(found.shown), "m": f"{found.stat.mode & 0o7777:o}", "p": found.shown,
            "P": found.shown.removeprefix(found.top).lstrip("/"), "s": str(found.stat.size), "u": str(found.stat.uid),
            "g": str(found.stat.gid), "y": {v: k for k, v in KINDS.items()}.get(found.stat.kind, "?"), "d": str(found.depth),
            "T@": str(found.stat.mtime // SECOND), "%": "%",
        }  # fmt: skip
        text = re.sub(r"\\([n0t\\])", lambda m: {"n": "\n", "0": "\0", "t": "\t"}.get(m[1], "\\"), template)
        yield from out(re.sub(r"%(T@|.)", lambda m: values.get(m[1], ""), text))
        return True

    return node


def _execute(command: tuple[str, ...], *, inside: bool) -> Node:
    def node(search: Search, found: Found) -> Answer:
        name = f"./{found.name}" if inside else found.shown
        cwd = posixpath.dirname(found.path) if inside else search.call.cwd
        return (yield from _run(search.call, tuple(word.replace("{}", name) for word in command), cwd)) == 0

    return node


def _collect(command: tuple[str, ...]) -> Node:
    def node(search: Search, found: Found) -> Answer:
        search.together.setdefault(command, []).append(found.shown)
        yield from ()
        return True

    return node


def _run(call: Call, argv: tuple[str, ...], cwd: str) -> Gen:
    from simulator.userland.launch import launch

    pid = yield Spawn(launch(Call(argv, call.env, cwd), "condition", "find: "), argv)
    ended = yield WaitFor((pid,))
    return int(ended[1]) if ended else 0


_PLAIN: dict[str, Node] = {
    "-delete": _delete,
    "-empty": _empty,
    "-false": _asks(lambda *_: False, ""),
    "-print": _print("%p\n"),
    "-print0": _print("%p\\0"),
    "-prune": _prune,
    "-quit": _quit,
    "-true": _asks(lambda *_: True, ""),
}
_ACTIONS = frozenset({"-delete", "-print", "-print0", "-printf", "-exec", "-execdir", "-ok", "-ls"})


class _Parser:
    """Expressions: `!` binds most, then the and between neighbours, `-o`, and last the comma."""

    def __init__(self, words: list[str], search: Search) -> None:
        self.words, self.search = words, search

    def list(self) -> Node:
        """`a , b`: both are asked, the last one counts."""
        node = self.either()
        while self._take(","):
            node = _both(node, self.either(), stop=None)
        return node

    def either(self) -> Node:
        """`a -o b`."""
        node = self.every()
        while self._take("-o", "-or"):
            node = _both(node, self.every(), stop=True)
        return node

    def every(self) -> Node:
        """`a -a b`, `a b`."""
        node = self.one()
        while self.words and self.words[0] not in ("-o", "-or", ",", ")"):
            self._take("-a", "-and")
            node = _both(node, self.one(), stop=False)
        return node

    def one(self) -> Node:
        """A test, an action, `! a`, or `( a )`."""
        if not self.words:
            raise UsageError("expression expected")
        word = self.words.pop(0)
        if word in ("!", "-not"):
            return _negated(self.one())
        if word == "(":
            node = self.list()
            if not self._take(")"):
                raise UsageError("unmatched '('")
            return node
        return self._primary(word)

    def _primary(self, word: str) -> Node:
        self.search.acts |= word in _ACTIONS
        self.search.below_first |= word in ("-delete", "-depth", "-d")
        if word in _PLAIN:
            return _PLAIN[word]
        if word in PERMISSIONS:
            return _asks(lambda _, found, __: bool(found.stat.mode & PERMISSIONS[word]), "")
        if word in ("-exec", "-execdir", "-ok"):
            return self._command(inside=word == "-execdir")
        if word in _IGNORED or word in ("-depth", "-d"):
            return _PLAIN["-true"]
        if not self.words:
            raise NotSimulatedError(f"expression {word}")
        value = self.words.pop(0)
        if word in ("-maxdepth", "-mindepth"):
            self._depth(word, value)
            return _PLAIN["-true"]
        if word in ("-newer", "-anewer", "-cnewer"):
            return _newer(value)
        if word == "-printf":
            return _print(value)
        if word == "-regextype":
            return _PLAIN["-true"]
        if word not in TESTS:
            raise NotSimulatedError(f"expression {word}")
        return _asks(TESTS[word], value)

    def _depth(self, word: str, value: str) -> None:
        if not value.isdigit():
            raise UsageError(f"invalid number '{value}'")
        if word == "-maxdepth":
            self.search.deepest = int(value)
        else:
            self.search.shallowest = int(value)

    def _command(self, *, inside: bool) -> Node:
        end = next((at for at, word in enumerate(self.words) if word == ";" or (word == "+" and at and self.words[at - 1] == "{}")), None)
        if not end:
            raise UsageError("-exec requires an argument")
        command, last = tuple(self.words[:end]), self.words[end]
        del self.words[: end + 1]
        return _collect(command[:-1]) if last == "+" else _execute(command, inside=inside)

    def _take(self, *words: str) -> bool:
        if self.words and self.words[0] in words:
            self.words.pop(0)
            return True
        return False


def _both(left: Node, right: Node, *, stop: bool | None) -> Node:
    """Ask one, then the other unless the first answer is `stop`."""

    def node(search: Search, found: Found) -> Answer:
        answer = yield from left(search, found)
        return answer if answer is stop or search.over else (yield from right(search, found))

    return node


def _negated(inner: Node) -> Node:
    def node(search: Search, found: Found) -> Answer:
        return not (yield from inner(search, found))

    return node


class _Place(NamedTuple):
    path: str
    shown: str
    top: str
    depth: int


def _visit(search: Search, node: Node, place: _Place) -> Generator[Effect, Any, None]:
    """Ask a file and everything below it; parents first unless something is deleted."""
    stat = yield GetStat(place.path, follow=False)
    if not isinstance(stat, Stat) or search.over:
        return
    found = Found(place.path, place.shown, place.top, place.depth, stat)
    asked = place.depth >= search.shallowest
    search.pruned = False
    if asked and not search.below_first:
        yield from node(search, found)
    if stat.kind == "dir" and not search.pruned and (search.deepest is None or place.depth < search.deepest):
        names = yield ListDir(place.path)
        for name in names if isinstance(names, tuple) else ():
            below = _Place(posixpath.join(place.path, name), posixpath.join(place.shown, name), place.top, place.depth + 1)
            yield from _visit(search, node, below)
    search.pruned = False
    if asked and search.below_first and not search.over:
        yield from node(search, found)


def find(call: Call) -> Gen:
    """`find [path ...] [expression]`: prints what the expression is true of, or does what its actions say."""
    words = list(call.argv[1:])
    roots = []
    while words and (not words[0].startswith(("-", "!", "(")) or words[0] in _IGNORED):
        roots.append(words.pop(0))
    search = Search(call, (yield Now()))
    parser = _Parser(words, search)
    node = parser.list() if words else _PLAIN["-true"]
    if parser.words:
        raise UsageError(f"unexpected argument '{parser.words[0]}'")
    node = node if search.acts else _both(node, _PLAIN["-print"], stop=False)
    status = 0
    for root in [root for root in roots if root not in _IGNORED] or ["."]:
        if not isinstance((yield GetStat(absolute(call, root), follow=False)), Stat):
            status = yield from complain(call, f"{root}: {Errno.ENOENT}")
        yield from _visit(search, node, _Place(absolute(call, root), root, root, 0))
    for command, names in search.together.items():
        status |= yield from _run(call, (*command, *names), call.cwd)
    return status


COMMANDS: dict[str, Program] = {"find": find}
