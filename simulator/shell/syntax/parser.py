"""The grammar (POSIX 2.10.2): lists, pipelines, compound commands, by recursive descent, with bash's additions."""

from __future__ import annotations

import re
from functools import lru_cache

from simulator.shell.syntax.nodes import (
    AndOr,
    ArithmeticCommand,
    Background,
    Case,
    CaseItem,
    Command,
    CountingFor,
    For,
    Function,
    Group,
    If,
    Lit,
    Pipeline,
    Redirect,
    Redirected,
    Script,
    Select,
    Subshell,
    While,
    Word,
)
from simulator.shell.syntax.simple import SimpleCommands
from simulator.shell.syntax.words import NAME

_RESERVED = re.compile(r"(if|then|elif|else|fi|for|select|while|until|do|done|case|esac|function|[{}!]|\[\[)(?=[\s;&|<>()]|$)")
_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_FUNCTION = re.compile(r"([^\s;&|<>()$'\"`\\=]+)[ \t]*\([ \t]*\)")


@lru_cache(maxsize=512)
def parse(text: str, *, bash: bool = False) -> Script:
    """The tree of a script. `bash` admits what only bash knows. Raises ShellSyntaxError, whose text shows the line and a ^.

    Cached: the same probe command is parsed at every period of every replica. Trees are immutable.
    """
    return Parser(text.replace("\r\n", "\n"), bash=bash).script_until("")


class Parser(SimpleCommands):
    """One method per rule of the grammar; each starts at its first character and ends behind its last."""

    _compound_end = -1
    """The place behind the last compound command: a closing word may follow it directly (`until (nc -z db 5432) do`)."""

    def script_until(self, closer: str) -> Script:
        """Commands up to `closer` ("" is the end of the text), which is passed over."""
        start = self.pos
        script = self.script()
        if not closer and self.char:
            self.unexpected()
        if closer and not self.take(closer):
            if self.char:
                self.unexpected()
            self.fail(f'expected "{closer}", found end of script', max(start - 1, 0))
        return script

    def script(self) -> Script:
        """Commands up to a closing word, a closing parenthesis, the end of a case item, or the end."""
        commands: list[Command] = []
        while True:
            self.newlines()
            if self._closes():
                return Script(tuple(commands))
            command = self.and_or()
            self.blanks()
            if self.char == "&" and not self.at("&&"):
                self.pos += 1
                command = Background(command)
            elif self.char == ";" and not self.at(";;") and not self.at(";&"):
                self.pos += 1
            elif self.char != "\n" and not self._closes(after_command=self.pos != self._compound_end):
                self.unexpected()
            commands.append(command)

    def _closes(self, *, after_command: bool = False) -> bool:
        if self.char in ("", ")") or self.at(";;") or self.at(";&"):
            return True
        return not after_command and self._reserved() in _CLOSERS

    def _reserved(self) -> str:
        match = _RESERVED.match(self.text, self.pos)
        return match[1] if match else ""

    def _block(self, opener: str, *closers: str) -> tuple[Script, str]:
        """A non-empty script and the closing word behind it."""
        script = self.script()
        word = self._reserved()
        if word not in closers:
            expected = " or ".join(f'"{c}"' for c in closers)
            actual = f'"{word or self.char}"' if self.char else "end of script"
            self.fail(f'expected {expected} after "{opener}", found {actual}')
        if not script.commands:
            self.unexpected()  # POSIX: a compound list has at least one command, `then fi` is an error
        self.pos += len(word)
        return script, word

    def and_or(self) -> Command:
        """`a && b || c`, from left to right."""
        left = self.pipeline()
        while True:
            self.blanks()
            op = self.text[self.pos : self.pos + 2]
            if op not in ("&&", "||"):
                return left
            self.pos += 2
            self.newlines()
            left = AndOr(left, op, self.pipeline())

    def pipeline(self) -> Command:
        """`! a | b`."""
        self.blanks()
        negated = False
        while self._reserved() == "!":
            self.pos += 1
            negated = not negated
            self.blanks()
        commands = [self.command()]
        while True:
            self.blanks()
            if not self.at("|") or self.at("||"):
                break
            self.pos += 1
            if self.bash and self.take("&"):  # `|&` is `2>&1 |`
                commands[-1] = Redirected(commands[-1], (Redirect(">&", 2, Word((Lit("1"),))),))
            self.newlines()
            commands.append(self.command())
        return commands[0] if len(commands) == 1 and not negated else Pipeline(tuple(commands), negated)

    def command(self) -> Command:
        """A compound command with its redirections, a function, or a simple command."""
        word = self._reserved()
        if self.char == "(":
            compound: Command | None = self._parenthesis()
        elif word in _CLOSERS:
            self.unexpected()
        else:
            compound = self._compound(word) if word else self._function()
        if compound is None:
            return self.simple()
        if isinstance(compound, Function):
            return compound
        redirects = []
        self.blanks()
        while redirect := self._redirect():
            redirects.append(redirect)
            self.blanks()
        if redirects:
            return Redirected(compound, tuple(redirects))
        self._compound_end = self.pos
        return compound

    def _parenthesis(self) -> Command:
        start = self.pos
        # POSIX 2.6.4 leaves `((` open: arithmetic if it can be, else two subshells.
        if self.at("((") and (expression := self._arithmetic()) is not None:
            return ArithmeticCommand(expression)
        self.pos = start + 1
        script = self.script_until(")")
        if not script.commands:
            self.fail('unexpected ")"', self.pos - 1)
        return Subshell(script)

    def _compound(self, word: str) -> Command | None:
        start = self.pos
        self.pos += len(word)
        match word:
            case "{":
                return Group(self._block("{", "}")[0])
            case "[[":
                return self.condition()
            case "if":
                return self._if()
            case "while" | "until":
                condition, _ = self._block(word, "do")
                return While(condition, self._block("do", "done")[0], word == "until")
            case "for":
                return self._for()
            case "select" if self.bash:
                loop = self._for()
                return Select(loop.name, loop.words, loop.body) if isinstance(loop, For) else self.unexpected()
            case "case":
                return self._case()
            case "function":
                self.blanks()
                name = self.word()
                self.blanks()
                if self.take("("):
                    self.blanks()
                    self.expect(")", 'after "("')
                self.newlines()
                if name is None or name.plain is None:
                    self.fail("a function needs a name", start)
                return Function(name.plain, self.command())
        self.pos = start
        return None

    def _function(self) -> Command | None:
        match = _FUNCTION.match(self.text, self.pos)
        if match is None:
            return None
        self.pos = match.end()
        self.newlines()
        return Function(match[1], self.command())

    def _if(self) -> Command:
        condition, _ = self._block("if", "then")
        body, word = self._block("then", "elif", "else", "fi")
        if word == "elif":
            return If(condition, body, Script((self._if(),)))
        return If(condition, body, self._block("else", "fi")[0] if word == "else" else None)

    def _for(self) -> Command:
        self.blanks()
        if self.at("(("):
            return self._counting_for()
        name = NAME.match(self.text, self.pos)
        if name is None:
            self.fail('expected a name after "for"')
        self.pos = name.end()
        self.newlines()
        words: list[Word] | None = None
        if re.compile(r"in(?=[\s;])").match(self.text, self.pos):
            self.pos += 2
            words = []
            self.blanks()
            while word := self.word():
                words.append(word)
                self.blanks()
        self.blanks()
        if self.char == ";":
            self.pos += 1
        return For(name[0], None if words is None else tuple(words), self._do())

    def _do(self) -> Script:
        self.newlines()
        if self._reserved() != "do":
            self.fail('expected "do"')
        self.pos += 2
        return self._block("do", "done")[0]

    def _counting_for(self) -> Command:
        start = self.pos
        self._arithmetic()
        clauses = self.text[start + 2 : self.pos - 2].split(";")
        if len(clauses) != 3:
            self.fail('expected three expressions in "for ((...))"', start)
        first, condition, step = (type(self)(f"(({clause}))", bash=self.bash).arithmetic_words("in for") for clause in clauses)
        self.blanks()
        self.take(";")
        return CountingFor(first, condition, step, self._do())

    def _case(self) -> Command:
        self.blanks()
        subject = self.word()
        self.newlines()
        if subject is None or not re.compile(r"in(?=[\s;])").match(self.text, self.pos):
            self.fail('expected "in" after "case word"')
        self.pos += 2
        items: list[CaseItem] = []
        while True:
            self.newlines()
            if self._reserved() == "esac":
                self.pos += 4
                return Case(subject, tuple(items))
            items.append(self._case_item())

    def _case_item(self) -> CaseItem:
        self.take("(")
        patterns: list[Word] = []
        while True:
            self.blanks()
            pattern = self.word()
            if pattern is None:
                if self.char:
                    self.unexpected()
                self.fail('expected "esac", found end of script')
            patterns.append(pattern)
            self.blanks()
            if not self.take("|"):
                break
        self.expect(")", "after a case pattern")
        body = self.script()
        end = next((e for e in (";;&", ";;", ";&") if self.take(e)), "")
        if not end and self._reserved() != "esac":
            self.fail('expected ";;" or "esac"')
        return CaseItem(tuple(patterns), body, end or ";;")
