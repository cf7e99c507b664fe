"""The run of an awk program: records, statements, expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.process.bounds import room_for
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.shell.printf import formatted
from simulator.shell.regex.pattern import Pattern
from simulator.userland.awk.control import LeaveLoop, Next, Stop
from simulator.userland.awk.functions import call_function, expression
from simulator.userland.awk.program import Rule
from simulator.userland.awk.syntax import Tree
from simulator.userland.awk.values import COMPARISONS, Text, Value, arithmetic, compare, is_number, number, text_of

_STEPS = 1_000_000  # statements for one record: more is a loop that takes no simulated time


class Awk:
    """The state of a run. Output is collected in `written`: (file or None, text), in order."""

    def __init__(self, rules: list[Rule], variables: dict[str, Value], env: dict[str, str], now: int) -> None:
        self.rules, self.now = rules, now
        self.variables: dict[str, Value] = {
            "FS": " ",
            "OFS": " ",
            "ORS": "\n",
            "NR": 0.0,
            "FNR": 0.0,
            "NF": 0.0,
            "SUBSEP": "\x1c",
            **variables,
        }
        self.arrays: dict[str, dict[str, Value]] = {"ENVIRON": {k: Text(v) for k, v in env.items()}}
        self.record, self.fields = "", list[str]()
        self.written: list[tuple[str | None, str]] = []
        self.inside: set[int] = set()
        self.steps = 0

    # ------------------------------------------------------------------------------------------------------------------------ records
    def set_record(self, line: str) -> None:
        """A new `$0`."""
        self.record = line
        separator = text_of(self.variables["FS"])
        if separator == " ":  # POSIX XCU, awk: the default splits at runs of blanks and newlines
            self.fields = line.split()
        elif not line:
            self.fields = []
        elif len(separator) == 1 and separator != "|":
            self.fields = line.split(separator)
        else:
            self.fields = expression(separator).split(line)
        self.variables["NF"] = float(len(self.fields))

    def run_special(self, name: str) -> None:
        """BEGIN or END."""
        for pattern, _, action in self.rules:
            if pattern == (name,) and action:
                self.execute(action)

    def run_record(self, line: str) -> None:
        """All rules over one line."""
        self.steps = 0
        self.variables["NR"] = number(self.variables["NR"]) + 1
        self.variables["FNR"] = number(self.variables["FNR"]) + 1
        self.set_record(line)
        try:
            for index, (pattern, until, action) in enumerate(self.rules):
                if pattern in (("BEGIN",), ("END",)):
                    continue
                if until is not None:
                    selected = self._in_range(index, pattern, until)
                else:
                    selected = pattern is None or self.truth(pattern)
                if selected:
                    self.execute(action or ("print", [], None))
        except Next:
            pass

    def _in_range(self, index: int, first: Tree | None, last: Tree) -> bool:
        """`first, last`: from a record that matches one to the next that matches the other; both may be the same record."""
        selected = index in self.inside or self.truth(first)
        if selected and not self.truth(last):
            self.inside.add(index)
        elif selected:
            self.inside.discard(index)
        return selected

    # --------------------------------------------------------------------------------------------------------------------- statements
    def execute(self, tree: Tree) -> None:
        """Run a statement."""
        self.steps += 1
        if self.steps > _STEPS:
            raise UsageError("a loop that takes no time was cut off", 2)
        _STATEMENTS[tree[0]](self, *tree[1:])

    def loop(self, condition: Tree | None, step: Tree | None, body: Tree) -> None:
        """`while` and `for`."""
        while condition is None or self.truth(condition):
            if not self.once(body):
                return
            if step:
                self.value(step)

    def once(self, body: Tree) -> bool:
        """One turn of a loop; False after `break`."""
        try:
            self.execute(body)
        except LeaveLoop as leave:
            return leave.again
        return True

    def write(self, target: Tree | None, text: str) -> None:
        """`print`, to a file with `>`."""
        self.written.append((None if target is None else text_of(self.value(target)), text))

    # -------------------------------------------------------------------------------------------------------------------- expressions
    def truth(self, tree: Tree | None) -> bool:
        """Is the value neither 0 nor empty?"""
        value = self.value(tree or ("number", 1.0))
        return number(value) != 0 if is_number(value) else bool(value)

    def value(self, tree: Tree) -> Value:
        """Evaluate."""
        kind = tree[0]
        handler = EXPRESSIONS.get(kind)
        if handler is not None:
            return handler(self, *tree[1:])
        left, right = self.value(tree[1]), self.value(tree[2])
        return compare(kind, left, right) if kind in COMPARISONS else arithmetic(kind, left, right)

    def pattern(self, tree: Tree) -> Pattern:
        """The regular expression that an operand of `~` means. Raises UsageError for a bad one."""
        return expression(tree[1] if tree[0] == "regex" else text_of(self.value(tree)))

    def field(self, index: int) -> Value:
        """`$index`."""
        if index == 0:
            return Text(self.record)
        return Text(self.fields[index - 1] if index <= len(self.fields) else "")

    def assign(self, target: Tree, value: Value) -> Value:
        """Store into a variable, an element or a field."""
        match target:
            case ("name", name):
                if name == "RS" and value != "\n":
                    raise NotSimulatedError("RS: records other than lines")
                self.variables[name] = value
                if name == "NF":
                    self.fields = (self.fields + [""] * int(number(value)))[: int(number(value))]
                    self.record = text_of(self.variables["OFS"]).join(self.fields)
            case ("index", name, key):
                self.arrays.setdefault(name, {})[text_of(self.value(key))] = value
            case ("$", index):
                at = int(number(self.value(index)))
                if at == 0:
                    self.set_record(text_of(value))
                else:
                    self.fields += [""] * (at - len(self.fields))
                    self.fields[at - 1] = text_of(value)
                    self.variables["NF"] = float(len(self.fields))
                    self.record = text_of(self.variables["OFS"]).join(self.fields)
        return value


def _block(run: Awk, body: list[Tree]) -> None:
    for statement in body:
        run.execute(statement)


def _print(run: Awk, args: list[Tree], target: Tree | None) -> None:
    parts = [text_of(run.value(a)) for a in args] or [run.record]
    run.write(target, text_of(run.variables["OFS"]).join(parts) + text_of(run.variables["ORS"]))


def _printf(run: Awk, args: list[Tree], target: Tree | None) -> None:
    run.write(target, formatted(text_of(run.value(args[0])), [text_of(run.value(a)) for a in args[1:]])[0])


def _if(run: Awk, condition: Tree, then: Tree, other: Tree | None) -> None:
    if run.truth(condition):
        run.execute(then)
    elif other:
        run.execute(other)


def _for(run: Awk, first: Tree | None, condition: Tree | None, step: Tree | None, body: Tree) -> None:
    if first:
        run.value(first)
    run.loop(condition, step, body)


def _each(run: Awk, variable: Tree, array: str, body: Tree) -> None:
    for key in list(run.arrays.get(array, {})):
        run.variables[variable[1]] = Text(key)
        if not run.once(body):
            break


def _delete(run: Awk, name: str, key: Tree | None) -> None:
    if key is None:
        run.arrays.pop(name, None)
    else:
        run.arrays.get(name, {}).pop(text_of(run.value(key)), None)


def _next(run: Awk) -> None:
    raise Next(run)


def _exit(run: Awk, status: Tree | None) -> None:
    raise Stop(int(number(run.value(status))) & 255 if status else 0)


def _leave(again: bool) -> Callable[[Awk], None]:
    def statement(run: Awk) -> None:
        del run
        raise LeaveLoop(again=again)

    return statement


_STATEMENTS: dict[str, Callable[..., Any]] = {
    "block": _block,
    "break": _leave(False),
    "continue": _leave(True),
    "delete": _delete,
    "do": Awk.value,
    "each": _each,
    "exit": _exit,
    "for": _for,
    "if": _if,
    "next": _next,
    "print": _print,
    "printf": _printf,
    "while": lambda run, condition, body: run.loop(condition, None, body),
}
"""How each kind of statement runs: the run and the operands of its node, which differ from kind to kind."""


def _index(run: Awk, name: str, key: Tree) -> Value:
    return run.arrays.setdefault(name, {}).setdefault(text_of(run.value(key)), Text(""))


def _keys(run: Awk, keys: list[Tree]) -> Value:
    return text_of(run.variables["SUBSEP"]).join(text_of(run.value(k)) for k in keys)


def _concat(run: Awk, left: Tree, right: Tree) -> Value:
    texts = text_of(run.value(left)), text_of(run.value(right))
    room_for(len(texts[0]) + len(texts[1]))
    return "".join(texts)


def _matches(run: Awk, left: Tree, right: Tree) -> bool:
    return run.pattern(right).search(text_of(run.value(left))) is not None


def _store(run: Awk, op: str, target: Tree, source: Tree) -> Value:
    new = run.value(source)
    return run.assign(target, arithmetic(op, run.value(target), new) if op else new)


def _post(run: Awk, op: str, target: Tree) -> Value:
    old = number(run.value(target))
    run.assign(target, old + (1 if op == "+" else -1))
    return old


EXPRESSIONS: dict[str, Callable[..., Value]] = {
    "!~": lambda run, left, right: float(not _matches(run, left, right)),
    "$": lambda run, index: run.field(int(number(run.value(index)))),
    "&&": lambda run, left, right: float(run.truth(left) and run.truth(right)),
    "=": _store,
    "?": lambda run, condition, yes, no: run.value(yes if run.truth(condition) else no),
    "call": call_function,
    "concat": _concat,
    "in": lambda run, key, name: float(text_of(run.value(key)) in run.arrays.get(name, {})),
    "index": _index,
    "keys": _keys,
    "name": lambda run, name: run.variables.get(name, Text("")),
    "number": lambda _, constant: constant,
    "post": _post,
    "regex": lambda run, pattern: float(expression(pattern).search(run.record) is not None),
    "string": lambda _, constant: constant,
    "unary!": lambda run, operand: float(not run.truth(operand)),
    "unary+": lambda run, operand: number(run.value(operand)),
    "unary-": lambda run, operand: -number(run.value(operand)),
    "||": lambda run, left, right: float(run.truth(left) or run.truth(right)),
    "~": lambda run, left, right: float(_matches(run, left, right)),
}
