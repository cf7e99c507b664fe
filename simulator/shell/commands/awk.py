"""awk for one-liners: patterns, fields, arithmetic, arrays, the usual functions. What it does not know it says."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator
from typing import Any

from simulator.shell.commands.awk_syntax import Parser, Rule, Tree, unescape
from simulator.shell.commands.basics import Gen, NotSimulatedError, UsageProblem, complain, full, options, out, read_file
from simulator.shell.commands.clock import strftime
from simulator.shell.commands.output import formatted
from simulator.shell.effects import Call, Close, Effect, Now, Open, Read, Write
from simulator.shell.errno import Errno
from simulator.shell.regex import extended

Value = str | float
_STEPS = 1_000_000  # of one record: more is a loop that takes no time


class Next(Exception):
    """`next`."""


class Stop(Exception):
    """`exit`."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LeaveLoop(Exception):
    """`break` (again False) and `continue`."""

    def __init__(self, *, again: bool) -> None:
        super().__init__(again)
        self.again = again


def number(value: Value) -> float:
    """The number at the start of a text."""
    if isinstance(value, float):
        return value
    match = re.match(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", value)
    return float(match[0]) if match else 0.0


class Text(str):
    """A text from the input: it compares as a number when it looks like one."""

    __slots__ = ()


def text_of(value: Value) -> str:
    """A number as awk prints it."""
    if isinstance(value, str):
        return value
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e16 else f"{value:.6g}"


def _numeric(value: Value) -> bool:
    return isinstance(value, float) or (
        isinstance(value, Text) and re.fullmatch(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", value) is not None
    )


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
        if separator == " ":
            self.fields = line.split()
        elif not line:
            self.fields = []
        else:
            self.fields = line.split(separator) if len(separator) == 1 and separator != "|" else re.split(extended(separator), line)
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
                    chosen = index in self.inside or self.truth(pattern)
                    if chosen:
                        (self.inside.discard if self.truth(until) else self.inside.add)(index)
                else:
                    chosen = pattern is None or self.truth(pattern)
                if chosen:
                    self.execute(action or ("print", [], None))
        except Next:
            pass

    # --------------------------------------------------------------------------------------------------------------------- statements
    def execute(self, tree: Tree) -> None:
        """Run a statement."""
        self.steps += 1
        if self.steps > _STEPS:
            raise UsageProblem("a loop that takes no time was cut off", 2)
        match tree:
            case ("block", body):
                for statement in body:
                    self.execute(statement)
            case ("do", expression):
                self.value(expression)
            case ("print", args, target):
                parts = [text_of(self.value(a)) for a in args] or [self.record]
                self.write(target, text_of(self.variables["OFS"]).join(parts) + text_of(self.variables["ORS"]))
            case ("printf", args, target):
                self.write(target, formatted(text_of(self.value(args[0])), [text_of(self.value(a)) for a in args[1:]])[0])
            case ("if", condition, then, other):
                if self.truth(condition):
                    self.execute(then)
                elif other:
                    self.execute(other)
            case ("while", condition, body):
                self.loop(condition, None, body)
            case ("for", first, condition, step, body):
                if first:
                    self.value(first)
                self.loop(condition, step, body)
            case ("each", (_, name), array, body):
                for key in list(self.arrays.get(array, {})):
                    self.variables[name] = Text(key)
                    if not self.once(body):
                        break
            case ("delete", name, None):
                self.arrays.pop(name, None)
            case ("delete", name, key):
                self.arrays.get(name, {}).pop(text_of(self.value(key)), None)
            case ("next",):
                raise Next
            case ("exit", status):
                raise Stop(int(number(self.value(status))) & 255 if status else 0)
            case (("break" | "continue") as word,):
                raise LeaveLoop(again=word == "continue")

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
        return number(value) != 0 if _numeric(value) else bool(value)

    def value(self, tree: Tree) -> Value:
        """Evaluate."""
        kind = tree[0]
        match tree:
            case ("number" | "string", constant):
                return constant  # type: ignore[no-any-return]
            case ("regex", pattern):
                return float(re.search(extended(pattern), self.record) is not None)
            case ("name", name):
                return self.variables.get(name, Text(""))
            case ("$", index):
                return self.field(int(number(self.value(index))))
            case ("index", name, key):
                return self.arrays.setdefault(name, {}).setdefault(text_of(self.value(key)), Text(""))
            case ("keys", keys):
                return text_of(self.variables["SUBSEP"]).join(text_of(self.value(k)) for k in keys)
            case ("in", key, name):
                return float(text_of(self.value(key)) in self.arrays.get(name, {}))
            case ("concat", left, right):
                return text_of(self.value(left)) + text_of(self.value(right))
            case ("?", condition, yes, no):
                return self.value(yes if self.truth(condition) else no)
            case ("&&" | "||", left, right):
                return float(self.truth(left) and self.truth(right) if kind == "&&" else self.truth(left) or self.truth(right))
            case ("~" | "!~", left, right):
                return float((re.search(self.pattern(right), text_of(self.value(left))) is not None) == (kind == "~"))
            case ("unary!", operand):
                return float(not self.truth(operand))
            case ("unary-", operand):
                return -number(self.value(operand))
            case ("unary+", operand):
                return number(self.value(operand))
            case ("=", op, target, source):
                new = self.value(source)
                return self.assign(target, self.arithmetic(op, self.value(target), new) if op else new)
            case ("post", op, target):
                old = number(self.value(target))
                self.assign(target, old + (1 if op == "+" else -1))
                return old
            case ("call", name, args):
                return self.call(name, args)
            case (("<" | "<=" | "==" | "!=" | ">" | ">=") as op, left, right):
                return self.compare(op, self.value(left), self.value(right))
            case (op, left, right):
                return self.arithmetic(op, self.value(left), self.value(right))
        raise NotSimulatedError(str(kind))

    def pattern(self, tree: Tree) -> str:
        """The regular expression that an operand of `~` means."""
        return extended(tree[1] if tree[0] == "regex" else text_of(self.value(tree)))

    def field(self, index: int) -> Value:
        """`$index`."""
        return Text(self.record if index == 0 else self.fields[index - 1] if index <= len(self.fields) else "")

    def assign(self, target: Tree, value: Value) -> Value:
        """Store into a variable, an element or a field."""
        match target:
            case ("name", name):
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

    def compare(self, op: str, left: Value, right: Value) -> float:
        """As numbers when both look like numbers, else as texts."""
        if _numeric(left) and _numeric(right):
            a, b = number(left), number(right)
            order = (a > b) - (a < b)
        else:
            order = (text_of(left) > text_of(right)) - (text_of(left) < text_of(right))
        return float({"<": order < 0, "<=": order <= 0, "==": order == 0, "!=": order != 0, ">": order > 0, ">=": order >= 0}[op])

    def arithmetic(self, op: str, left: Value, right: Value) -> float:
        """Numbers."""
        a, b = number(left), number(right)
        if op in ("/", "%") and b == 0:
            raise UsageProblem("division by zero", 2)
        operations: dict[str, Callable[[float, float], float]] = {
            "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "/": lambda x, y: x / y, "%": math.fmod, "^": math.pow,
        }  # fmt: skip
        return operations[op](a, b)

    def call(self, name: str, args: list[Tree]) -> Value:
        """The builtin functions."""
        if name in ("sub", "gsub", "split", "match"):
            return self.edit(name, args)
        if name == "length" and args and args[0][0] == "name" and args[0][1] in self.arrays:
            return float(len(self.arrays[args[0][1]]))
        values = [self.value(a) for a in args]
        texts = [text_of(v) for v in values] or [self.record]
        match name:
            case "length":
                return float(len(texts[0]))
            case "substr":
                start = round(number(values[1]))
                end = len(texts[0]) + 1 if len(values) < 3 else start + round(number(values[2]))
                return texts[0][max(start, 1) - 1 : max(end, 1) - 1]
            case "index":
                return float(texts[0].find(texts[1]) + 1)
            case "toupper":
                return texts[0].upper()
            case "tolower":
                return texts[0].lower()
            case "sprintf":
                return formatted(texts[0], texts[1:])[0]
            case "int":
                return float(int(number(values[0])))
            case "systime":
                return float(self.now // 10**9)
            case "strftime":
                return strftime(texts[0], int(number(values[1])) * 10**9 if len(values) > 1 else self.now)
            case "sqrt" | "exp" | "log" | "sin" | "cos":
                return float(getattr(math, name)(number(values[0])))
        raise NotSimulatedError(f"function {name}()")

    def edit(self, name: str, args: list[Tree]) -> Value:
        """The functions that change their arguments."""
        if name == "split":
            text = text_of(self.value(args[0]))
            separator = self.pattern(args[2]) if len(args) > 2 and args[2] != ("string", " ") else None
            separator = text_of(self.variables["FS"]) if separator is None and self.variables["FS"] != " " and len(args) < 3 else separator
            parts = (
                text.split()
                if separator is None
                else re.split(separator if len(separator) > 1 else re.escape(separator), text)
                if text
                else []
            )
            self.arrays[args[1][1]] = {str(i): Text(p) for i, p in enumerate(parts, 1)}
            return float(len(parts))
        if name == "match":
            found = re.search(self.pattern(args[1]), text_of(self.value(args[0])))
            self.variables["RSTART"] = float(found.start() + 1 if found else 0)
            self.variables["RLENGTH"] = float(len(found[0]) if found else -1)
            return self.variables["RSTART"]
        target = args[2] if len(args) > 2 else ("$", ("number", 0.0))
        new = text_of(self.value(args[1]))

        def one(match: re.Match[str]) -> str:
            return re.sub(r"\\&|&", lambda m: match[0] if m[0] == "&" else "&", new)

        result, count = re.subn(self.pattern(args[0]), one, text_of(self.value(target)), count=0 if name == "gsub" else 1)
        if count:
            self.assign(target, result)
        return float(count)


def awk(call: Call) -> Gen:
    """`awk [-F separator] [-v name=value] [-f file] 'program' [file ...]`."""
    chosen = options(call.argv[1:], "", "Fvf", stop=True)
    rest = list(chosen.rest)
    program = rest.pop(0) if "f" not in chosen and rest else ""
    if "f" in chosen:
        text = yield from read_file(call, chosen["f"])
        if isinstance(text, Errno):
            return (yield from complain(call, f"{chosen['f']}: {text}", 2))
        program = text
    variables: dict[str, Value] = {"FS": "\t" if chosen["F"] == "t" else unescape(chosen["F"])} if "F" in chosen else {}
    for letter, value in chosen.all:
        if letter == "v":
            name, _, content = value.partition("=")
            variables[name] = Text(unescape(content))
    rules = Parser(program).program()
    run = Awk(rules, variables, dict(call.env), (yield Now()))
    files: dict[str, int] = {}
    status = 0
    try:
        run.run_special("BEGIN")
        if any(pattern != ("BEGIN",) for pattern, _, _ in rules):
            status = yield from _records(call, run, rest, files)
    except Stop as stop:
        status = stop.status
    try:
        run.run_special("END")
    except Stop as stop:
        status = stop.status
    yield from _flush(call, run, files)
    for fd in files.values():
        yield Close(fd)
    return status


def _records(call: Call, run: Awk, paths: list[str], files: dict[str, int]) -> Gen:
    status = 0
    for path in paths or ["-"]:
        fd = 0 if path == "-" else (yield Open(full(call, path), "r"))
        if isinstance(fd, Errno):
            status = yield from complain(call, f"{path}: {fd}", 2)
            continue
        run.variables["FNR"] = 0.0
        while (line := (yield Read(fd, "line"))) and not isinstance(line, Errno):
            run.run_record(line.removesuffix("\n"))
            yield from _flush(call, run, files)
        if fd:
            yield Close(fd)
    return status


def _flush(call: Call, run: Awk, files: dict[str, int]) -> Generator[Effect, Any, None]:
    written, run.written = run.written, []
    for path, text in written:
        if path is None or path == "/dev/stdout":
            yield from out(text)
            continue
        if path not in files:
            fd = yield Open(full(call, path), "w")
            if isinstance(fd, Errno):
                raise UsageProblem(f"can't redirect to {path}", 2)
            files[path] = fd
        yield Write(files[path], text)
