"""bash's `[[ ... ]]`, which has a grammar of its own: words in it are not split, `<` is no redirection, `(` groups."""

from __future__ import annotations

import re

from simulator.shell.syntax.nodes import Condition, Word
from simulator.shell.syntax.words import Words

_BINARY = re.compile(r"(=~|==|!=|=|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))(?=[\s(])")
_UNARY = re.compile(r"-[a-zA-Z](?=\s)")


class Conditions(Words):
    """`||` over `&&` over `!` over parentheses and single tests."""

    def condition(self) -> Condition:
        """What follows `[[`, up to and with `]]`."""
        result = self._either()
        self.newlines()
        self.expect("]]", 'to close "[["')
        return result

    def _either(self) -> Condition:
        left = self._both()
        while self._operator("||"):
            left = Condition("||", (left, self._both()))
        return left

    def _both(self) -> Condition:
        left = self._one()
        while self._operator("&&"):
            left = Condition("&&", (left, self._one()))
        return left

    def _operator(self, op: str) -> bool:
        self.newlines()
        return self.take(op)

    def _one(self) -> Condition:
        self.newlines()
        if self.at("!") and self.text[self.pos + 1 : self.pos + 2].isspace():
            self.pos += 1
            return Condition("!", (self._one(),))
        if self.take("("):
            inner = self._either()
            self.newlines()
            self.expect(")", 'inside "[["')
            return inner
        if unary := _UNARY.match(self.text, self.pos):
            # `[[ -f ]]` and `[[ -f == x ]]` test the text "-f": an operator only with an operand behind it.
            self.pos = unary.end()
            self.blanks()
            if not self.at("]]") and not _BINARY.match(self.text, self.pos):
                return Condition(unary[0], (self._operand(),))
            self.pos = unary.start()
        left = self._operand()
        self.blanks()
        binary = _BINARY.match(self.text, self.pos)
        if binary is None:
            return Condition("-n", (left,))
        self.pos = binary.end()
        self.blanks()
        return Condition(binary[1], (left, self.regular_expression() if binary[1] == "=~" else self._operand()))

    def _operand(self) -> Word:
        word = self.word()
        if word is None or word.plain == "]]":
            self.unexpected()
        return word
