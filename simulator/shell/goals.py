"""The outcome of a condition with which a script makes progress, as far as its commands show it. Pure.

Where content is unknown, paths are assumed to be such that the script makes progress: see `ReverseReliance`.
"""

from __future__ import annotations

from collections.abc import Sequence

from simulator.shell.syntax import nodes
from simulator.shell.syntax.nodes import Command, Script, Word

_PASSES_TIME = frozenset({"sleep", "usleep", "echo", "printf", "date", "true", ":"})
"""Commands of loops that only wait."""


def goal_of_while(node: nodes.While) -> bool | None:
    """The outcome that ends a loop which only waits; None for a `while` that works, which repeats as long as its condition holds."""
    if node.until:
        return True
    return False if _only_waits(node.body) else None


def goal_of_if(node: nodes.If) -> bool | None:
    """The outcome that avoids a branch which gives up, or chooses one which is done; None if neither does."""
    branches = ((node.body, True), (node.orelse, False))
    ends = [(_end(branch), outcome) for branch, outcome in branches if branch is not None]
    return next((outcome == done for done, outcome in sorted(ends, key=lambda item: item[0] is not False) if done is not None), None)


def goal_of_left(node: nodes.AndOr) -> bool | None:
    """The same for the left side of `a && b` and `a || b`."""
    done = _end(node.right)
    return None if done is None else done == (node.op == "&&")


def is_if_optional(node: nodes.If, rest: Sequence[Command], *, in_loop: bool) -> bool:
    """Whether a script has something to do with either outcome: it neither gives up with one of them nor waits for the other.

    `rest`: the commands behind it.
    """
    branches = [branch for branch in (node.body, node.orelse) if branch is not None]
    return not (in_loop and any(_only_waits(branch) for branch in branches)) and _continues([_end(one) for one in branches], rest, in_loop)


def is_left_optional(node: nodes.AndOr, rest: Sequence[Command], *, in_loop: bool) -> bool:
    """The same for the left side of `a && b` and `a || b`."""
    end = _end(node.right)
    if node.op == "&&" and end is None and not (rest and _is_test(node.left)):
        return False  # the failure of `a` is that of the list, or of the script
    return _continues([end], rest, in_loop)


def _continues(ends: list[bool | None], rest: Sequence[Command], in_loop: bool) -> bool:
    if False in ends:
        return False
    # Success at once is what a loop tries to reach, and a script that gives up behind it.
    return True not in ends or not (in_loop or (rest and _end(rest[-1]) is False))


def _is_test(command: Command) -> bool:
    """Whether a command only looks at something."""
    if isinstance(command, nodes.Pipeline):
        return len(command.commands) == 1 and _is_test(command.commands[0])
    return isinstance(command, nodes.Condition) or _plain_words(command)[:1] in (["["], ["test"])


def _end(command: Command) -> bool | None:
    """How a command leaves: True for `break` and success, False for failure and `continue`; None: the script continues behind it."""
    if isinstance(command, Script):
        return _end(command.commands[-1]) if command.commands else None
    if isinstance(command, nodes.Group | nodes.Subshell):
        return _end(command.script)
    if isinstance(command, nodes.Redirected):
        return _end(command.command)
    if isinstance(command, nodes.Pipeline) and len(command.commands) == 1 and not command.negated:
        return _end(command.commands[0])
    words = _plain_words(command)
    match words[:1]:
        case ["break"]:
            return True
        case ["continue"] | ["false"]:
            return False
        case ["exit"] | ["return"] if len(words) > 1 and words[1].isdigit():
            return words[1] == "0"
    return None


def _only_waits(command: Command) -> bool:
    if isinstance(command, Script):
        return all(_only_waits(item) for item in command.commands)
    if isinstance(command, nodes.Pipeline):
        return all(_only_waits(item) for item in command.commands)
    if isinstance(command, nodes.AndOr):
        return _only_waits(command.left) and _only_waits(command.right)
    return _plain_words(command)[:1] in [[name] for name in _PASSES_TIME]


def _plain_words(command: Command) -> list[str]:
    """The words of a simple command up to the first that is expanded."""
    plain: list[str] = []
    for word in command.words if isinstance(command, nodes.Simple) else ():
        if not isinstance(word, Word) or word.plain is None:
            break
        plain.append(word.plain)
    return plain
