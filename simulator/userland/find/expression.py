"""The grammar of find's expressions: `!` binds tightest, then the and between neighbours, `-o`, and last the comma."""

from __future__ import annotations

from simulator.process.problems import NotSimulatedError, UsageError
from simulator.userland.find import search as actions
from simulator.userland.find.search import Node, Search, both, negated, testing
from simulator.userland.find.tests import PERMISSIONS, TESTS

IGNORED = frozenset(
    {"-xdev", "-mount", "-follow", "-noleaf", "-daystart", "-ignore_readdir_race", "-warn", "-nowarn", "-H", "-L", "-P", "-O3"}
)
"""Options that change nothing here: one file system, and links are never followed."""

TRUE = testing(lambda *_: True, "")
PRINT = actions.printing("%p\n")
_PLAIN: dict[str, Node] = {
    "-delete": actions.delete,
    "-empty": actions.empty,
    "-false": testing(lambda *_: False, ""),
    "-print": PRINT,
    "-print0": actions.printing("%p\\0"),
    "-prune": actions.prune,
    "-quit": actions.stop,
    "-true": TRUE,
}
_ACTIONS = frozenset({"-delete", "-print", "-print0", "-printf", "-exec", "-execdir", "-ok", "-ls"})


class Parser:
    """Takes the words of an expression one after the other; options in it are noted in the search."""

    def __init__(self, words: list[str], search: Search) -> None:
        self.words, self.search = words, search

    def sequence(self) -> Node:
        """`a , b`: both are tested, the last one counts."""
        node = self.either()
        while self._take(","):
            node = both(node, self.either(), unless=None)
        return node

    def either(self) -> Node:
        """`a -o b`."""
        node = self.every()
        while self._take("-o", "-or"):
            node = both(node, self.every(), unless=True)
        return node

    def every(self) -> Node:
        """`a -a b`, `a b`."""
        node = self.one()
        while self.words and self.words[0] not in ("-o", "-or", ",", ")"):
            self._take("-a", "-and")
            node = both(node, self.one(), unless=False)
        return node

    def one(self) -> Node:
        """A test, an action, `! a`, or `( a )`."""
        if not self.words:
            raise UsageError("expression expected")
        word = self.words.pop(0)
        if word in ("!", "-not"):
            return negated(self.one())
        if word == "(":
            node = self.sequence()
            if not self._take(")"):
                raise UsageError("unmatched '('")
            return node
        return self._primary(word)

    def _primary(self, word: str) -> Node:
        self.search.acts |= word in _ACTIONS
        # GNU: -delete implies -depth, or directories would never be empty when their turn comes.
        self.search.children_first |= word in ("-delete", "-depth", "-d")
        if word in _PLAIN:
            return _PLAIN[word]
        if word in PERMISSIONS:
            return testing(lambda _, entry, __: bool(entry.stat.mode & PERMISSIONS[word]), "")
        if word in ("-exec", "-execdir", "-ok"):
            return self._command(inside=word == "-execdir")
        if word in IGNORED or word in ("-depth", "-d"):
            return TRUE
        if not self.words:
            raise NotSimulatedError(f"expression {word}")
        return self._with_argument(word, self.words.pop(0))

    def _with_argument(self, word: str, text: str) -> Node:
        if word in ("-maxdepth", "-mindepth"):
            self._depth(word, text)
            return TRUE
        if word == "-regextype":
            return TRUE
        if word in ("-newer", "-anewer", "-cnewer"):
            return actions.newer(text)
        if word == "-printf":
            return actions.printing(text)
        if word not in TESTS:
            raise NotSimulatedError(f"expression {word}")
        return testing(TESTS[word], text)

    def _depth(self, word: str, text: str) -> None:
        if not text.isdigit():
            raise UsageError(f"invalid number '{text}'")
        if word == "-maxdepth":
            self.search.deepest = int(text)
        else:
            self.search.shallowest = int(text)

    def _command(self, *, inside: bool) -> Node:
        """What follows -exec, up to `;`, or up to `{} +`."""
        ends = (at for at, word in enumerate(self.words) if word == ";" or (word == "+" and at and self.words[at - 1] == "{}"))
        end = next(ends, None)
        if not end:
            raise UsageError("-exec requires an argument")
        command, last = tuple(self.words[:end]), self.words[end]
        del self.words[: end + 1]
        return actions.collecting(command[:-1]) if last == "+" else actions.executing(command, inside=inside)

    def _take(self, *words: str) -> bool:
        if self.words and self.words[0] in words:
            self.words.pop(0)
            return True
        return False
