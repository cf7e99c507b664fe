"""Simple commands (POSIX 2.9.1): assignments, words, redirections and here-documents."""

from __future__ import annotations

import re

from simulator.shell.syntax.conditions import Conditions
from simulator.shell.syntax.nodes import Assign, Lit, Redirect, Simple, Word

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[|\+?=)")
_REDIRECT = re.compile(r"([0-9]*)(<<<|<<-|<<|<>|<&|>>|>&|>\||<|>)|(&>>|&>)")
_DECLARING = frozenset({"export", "readonly", "local", "declare", "typeset"})


class SimpleCommands(Conditions):
    """The rules below pipelines that have no reserved words."""

    def simple(self) -> Simple:
        """Assignments, words and redirections."""
        line = self.line
        assigns: list[Assign] = []
        words: list[Word | Assign] = []
        redirects: list[Redirect] = []
        while True:
            self.blanks()
            if redirect := self._redirect():
                redirects.append(redirect)
                continue
            # POSIX 2.9.1.1: arguments of a declaration utility that look like assignments are some, and are not split.
            declaring = bool(words) and isinstance(words[0], Word) and words[0].plain in _DECLARING
            if (not words or declaring) and (assign := self._assign()):
                if declaring:
                    words.append(assign)
                else:
                    assigns.append(assign)
                continue
            word = self.word()
            if word is None:
                break
            words.append(word)
        if not (assigns or words or redirects) or self.char == "(":
            self.unexpected()
        return Simple(tuple(assigns), tuple(words), tuple(redirects), line)

    def _assign(self) -> Assign | None:
        match = _ASSIGNMENT.match(self.text, self.pos)
        if match is None:
            return None
        start, index = self.pos, None
        self.pos = match.end(1)
        if match[2] == "[":
            if not self.bash or not re.compile(r"\[[^]\n]*\]\+?=").match(self.text, self.pos):
                self.pos = start
                return None
            index = self._index()
        append = self.take("+")
        self.pos += 1
        if self.char == "(" and self.bash:
            return Assign(match[1], self._array(), append, index)
        return Assign(match[1], self.word() or Word(()), append, index)

    def _array(self) -> tuple[Word, ...]:
        start = self.pos
        self.pos += 1
        items: list[Word] = []
        while True:
            self.newlines()
            if self.take(")"):
                return tuple(items)
            item = self.word()
            if item is None:
                self.fail("an array is never closed", start)
            items.append(item)

    def _redirect(self) -> Redirect | None:
        match = _REDIRECT.match(self.text, self.pos)
        if match is None or (match[2] in ("<", ">") and self.bash and self.text[match.end() : match.end() + 1] == "(" and not match[1]):
            return None
        op, fd, start = match[2] or match[3], int(match[1]) if match[1] else None, self.pos
        if not self.bash and op == "<<<":
            self.fail("unexpected redirection (sh has no here-strings)", start)
        self.pos = match.end()
        self.blanks()
        at = self.pos
        target = self.word()
        if target is None:
            self.unexpected()
        if op not in ("<<", "<<-"):
            return Redirect(op, fd, target)
        # POSIX 2.7.4: if any part of the delimiter is quoted, nothing in the document is expanded.
        raw = self.text[at : self.pos]
        body = self.here_document(re.sub(r"\\(.)|['\"]", r"\1", raw), strip_tabs=op == "<<-")
        if re.search(r"['\"\\]", raw):
            return Redirect("<<", fd, Word((Lit(body, quoted=True),)))
        return Redirect("<<", fd, type(self)(body, bash=self.bash).text_of_here_document())
