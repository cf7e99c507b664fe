"""The rules and statements of awk, over its expressions."""

from __future__ import annotations

from simulator.process.problems import NotSimulatedError
from simulator.userland.awk.syntax import Expressions, Tree

Rule = tuple[Tree | None, Tree | None, Tree | None]
"""A pattern (or BEGIN, END), the end of a range, and the action (None: print the record)."""


class Parser(Expressions):
    """Reads a program."""

    def program(self) -> list[Rule]:
        """All rules."""
        rules: list[Rule] = []
        self.breaks()
        while self.kind != "end":
            if self.kind == "name" and self.value in ("function", "func"):
                raise NotSimulatedError("a function definition")
            pattern: Tree | None = None
            until: Tree | None = None
            if self.kind == "keyword" and self.value in ("BEGIN", "END"):
                pattern = (self.advance(),)
            elif self.value != "{":
                pattern = self.expression()
                if self.take(","):
                    until = self.expression()
            rules.append((pattern, until, self.block() if self.value == "{" else None))
            self.breaks()
        return rules

    def block(self) -> Tree:
        """`{ statements }`."""
        self.expect("{")
        body = []
        self.breaks()
        while not self.take("}"):
            if self.kind == "end":
                self.fail()
            body.append(self.statement())
            self.breaks()
        return ("block", body)

    def statement(self) -> Tree:
        """One statement."""
        self.newlines()
        if self.value == "{":
            return self.block()
        if self.kind != "keyword":
            return ("do", self.expression())
        word = self.advance()
        match word:
            case "print" | "printf":
                return self._print(word)
            case "next" | "break" | "continue":
                return (word,)
            case "exit":
                return ("exit", None if self.value in (";", "}", "\n", "") else self.expression())
            case "delete":
                name = self.advance()
                if not self.take("["):
                    return ("delete", name, None)
                key = self.expression()
                self.expect("]")
                return ("delete", name, key)
            case "if":
                condition = self._parenthesised()
                self.newlines()
                then = self.statement()
                at, kind, value, previous = self.at, self.kind, self.value, self.previous
                self.breaks()
                if self.take("else"):
                    return ("if", condition, then, self.statement())
                self.at, self.kind, self.value, self.previous = at, kind, value, previous
                return ("if", condition, then, None)
            case "while":
                condition = self._parenthesised()
                return ("while", condition, self.statement())
            case "for":
                return self._for()
        raise NotSimulatedError(word)

    def _parenthesised(self) -> Tree:
        self.expect("(")
        inner = self.expression()
        self.expect(")")
        return inner

    def _for(self) -> Tree:
        self.expect("(")
        self.no_in = True
        first = None if self.value == ";" else self.expression()
        self.no_in = False
        if self.take("in"):
            array = self.advance()
            self.expect(")")
            self.newlines()
            return ("each", first, array, self.statement())
        self.expect(";")
        condition = None if self.value == ";" else self.expression()
        self.expect(";")
        step = None if self.value == ")" else self.expression()
        self.expect(")")
        self.newlines()
        return ("for", first, condition, step, self.statement())

    def _print(self, word: str) -> Tree:
        self.no_redirect = True
        parenthesised = self.value == "("
        args: list[Tree] = []
        if self.value not in (";", "}", "\n", "", ">", ">>", "|"):
            args.append(self.expression(grouping=parenthesised))
            while self.take(","):
                args.append(self.expression())
        self.no_redirect = False
        if len(args) == 1 and args[0][0] == "group":
            args = args[0][1]
        target = None
        if self.value in (">", ">>"):
            self.advance()
            target = self.binary(5)
        elif self.value == "|":
            raise NotSimulatedError("a pipe in print")
        return (word, args, target)
