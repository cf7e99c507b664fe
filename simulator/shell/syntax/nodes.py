"""The tree of a shell script: small frozen nodes, in the words of the POSIX grammar."""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Node(msgspec.Struct, frozen=True):
    """Base of all nodes."""


# ------------------------------------------------------------------------------------------------------------------------------- words
class Lit(Node, frozen=True):
    """Plain text. Quoted text is neither split nor matched against file names."""

    text: str
    quoted: bool = False


class Param(Node, frozen=True):
    """`$name` or `${name OP argument}`.

    `op` is "" (plain), `!` (indirect: it may come before another), `#` without an argument (length), or with one: - = ? + also behind
    a colon (default, assign, error, alternative), # ## % %% (strip), / // /# /% (replace by `second`), : (substring of length `second`),
    ^ ^^ , ,, (case), @ (transform).
    """

    name: str
    quoted: bool = False
    op: str = ""
    argument: Word | None = None
    second: Word | None = None
    index: Word | None = None


class Substitution(Node, frozen=True):
    """`$(script)` or its backquoted form."""

    script: Script
    quoted: bool = False


class ProcessSubstitution(Node, frozen=True):
    """`<(script)` or `>(script)`; `direction` is the first character."""

    script: Script
    direction: str


class Arithmetic(Node, frozen=True):
    """`$((expression))`; the text is expanded first and parsed as arithmetic after."""

    expression: Word
    quoted: bool = False


Part: TypeAlias = Lit | Param | Substitution | ProcessSubstitution | Arithmetic


class Word(Node, frozen=True):
    """Adjacent parts that make one word before splitting."""

    parts: tuple[Part, ...]

    @property
    def plain(self) -> str | None:
        """The text, if it is one unquoted literal: reserved words and names are recognised only then."""
        return self.parts[0].text if len(self.parts) == 1 and isinstance(self.parts[0], Lit) and not self.parts[0].quoted else None


class Assign(Node, frozen=True):
    """`name=value`, `name+=value`, `name[index]=value` or `name=(a b c)` (value is then a tuple of words)."""

    name: str
    value: Word | tuple[Word, ...]
    append: bool = False
    index: Word | None = None


class Redirect(Node, frozen=True):
    """`[fd]op target`; op is < > >> <> >| <& >& &> &>> <<< or << (here-document: target is its body)."""

    op: str
    fd: int | None
    target: Word


# ---------------------------------------------------------------------------------------------------------------------------- commands
class Simple(Node, frozen=True):
    """Assignments, then a command with its arguments, and redirections; `line` counts from 1.

    An argument of `export`, `local`, `readonly` and `declare` that looks like an assignment is one: its value is not split.
    """

    assigns: tuple[Assign, ...]
    words: tuple[Word | Assign, ...]
    redirects: tuple[Redirect, ...]
    line: int


class Pipeline(Node, frozen=True):
    """`[!] a | b | c`."""

    commands: tuple[Command, ...]
    negated: bool


class AndOr(Node, frozen=True):
    """`left && right` or `left || right`."""

    left: Command
    op: str
    right: Command


class Background(Node, frozen=True):
    """`command &`."""

    command: Command


class Script(Node, frozen=True):
    """Commands one after the other."""

    commands: tuple[Command, ...]


class If(Node, frozen=True):
    """`if condition; then body; elif ...; else orelse; fi`; an elif is an If in `orelse`."""

    condition: Script
    body: Script
    orelse: Script | None


class While(Node, frozen=True):
    """`while condition; do body; done`, or `until`."""

    condition: Script
    body: Script
    until: bool


class For(Node, frozen=True):
    """`for name in words; do body; done`; words None: the positional parameters."""

    name: str
    words: tuple[Word, ...] | None
    body: Script


class Select(Node, frozen=True):
    """`select name in words; do body; done`; `words` None: the positional parameters."""

    name: str
    words: tuple[Word, ...] | None
    body: Script


class CountingFor(Node, frozen=True):
    """`for ((start; condition; step)); do body; done`."""

    start: Word
    condition: Word
    step: Word
    body: Script


class CaseItem(Node, frozen=True):
    """`pattern | pattern) body ;;` - `end` is ;; or ;& (fall through) or ;;& (go on testing)."""

    patterns: tuple[Word, ...]
    body: Script
    end: str


class Case(Node, frozen=True):
    """`case word in items esac`."""

    word: Word
    items: tuple[CaseItem, ...]


class Group(Node, frozen=True):
    """`{ script; }`."""

    script: Script


class Subshell(Node, frozen=True):
    """`( script )`."""

    script: Script


class Function(Node, frozen=True):
    """`name() body`."""

    name: str
    body: Command


class ArithmeticCommand(Node, frozen=True):
    """`((expression))`."""

    expression: Word


class Condition(Node, frozen=True):
    """`[[ ... ]]`: op is `!`, `&&`, `||`, a unary test such as `-f`, or a binary one such as `=~`; operands are words or conditions."""

    op: str
    operands: tuple[Word | Condition, ...]


class Redirected(Node, frozen=True):
    """A compound command with redirections."""

    command: Command
    redirects: tuple[Redirect, ...]


Command: TypeAlias = (
    Simple
    | Pipeline
    | AndOr
    | Background
    | Script
    | If
    | While
    | For
    | Select
    | CountingFor
    | Case
    | Group
    | Subshell
    | Function
    | ArithmeticCommand
    | Condition
    | Redirected
)
