"""Commands that only print or only answer: echo, printf, true, false, pwd, yes, seq, expr, basename and the like."""

from __future__ import annotations

import posixpath
import re
from itertools import count

from simulator.process.effects import Call, Program, Write
from simulator.process.errno import Errno
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.variables import ExpansionError, Variables
from simulator.shell.regex import basic
from simulator.userland.basics import Gen, UsageProblem, complain, options, out

_ECHO = re.compile(r"\\(0[0-7]{0,3}|x[0-9a-fA-F]{1,2}|[abefnrtv\\c])")
_FORMAT_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|[abefnrtv\\\"'c])")
_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SPEC = re.compile(r"%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?([a-zA-Z%])")


def unescape(text: str, pattern: re.Pattern[str]) -> tuple[str, bool]:
    r"""Backslash sequences replaced; and whether `\c` ended the output."""
    stopped = text.find("\\c")

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "01234567":
            return chr(int(code, 8) & 255)
        if code[0] == "x":
            return chr(int(code[1:], 16))
        return _LETTERS.get(code, code)

    if stopped >= 0 and (stopped - len(text[:stopped].rstrip("\\"))) % 2 == 0:
        return pattern.sub(one, text[:stopped]), True
    return pattern.sub(one, text), False


def echo(call: Call) -> Gen:
    """`echo [-neE] words`: as busybox and bash do; dash has no -e."""
    args, newline, escapes = list(call.argv[1:]), True, False
    while args and re.fullmatch(r"-[neE]+", args[0]):
        for letter in args.pop(0)[1:]:
            newline = newline and letter != "n"
            escapes = letter == "e" or (escapes and letter != "E")
    text, stopped = unescape(" ".join(args), _ECHO) if escapes else (" ".join(args), False)
    failed = yield Write(1, text + ("\n" if newline and not stopped else ""))
    if isinstance(failed, Errno):
        return (yield from complain(call, f"write error: {failed}"))
    return 0


def _number(text: str) -> int:
    if text[:1] in ("'", '"'):
        return ord(text[1]) if len(text) > 1 else 0
    try:
        return evaluate(text, Variables()) if text else 0
    except ExpansionError:
        digits = re.match(r"\s*[-+]?\d+", text)
        return int(digits[0]) if digits else 0


def _floating(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def formatted(template: str, args: list[str]) -> tuple[str, list[str], bool]:
    r"""One pass of printf's format over the arguments: the text, the arguments left, and whether `\c` ended it."""
    queue, parts, at, stopped = list(args), [], 0, False

    def take() -> str:
        return queue.pop(0) if queue else ""

    for match in _SPEC.finditer(template):
        literal, stopped = unescape(template[at : match.start()], _FORMAT_ESCAPE)
        parts.append(literal)
        at = match.end()
        flags, width, precision, kind = match.groups()
        if kind == "%":
            parts.append("%")
            continue
        width = take() if width == "*" else width or ""
        precision = take() if precision == "*" else precision
        spec = f"%{flags}{width}{'.' + precision if precision is not None else ''}"
        value = take()
        if kind in "diu":
            parts.append((spec + "d") % _number(value))
        elif kind in "oxX":
            parts.append((spec + kind) % _number(value))
        elif kind in "eEfFgG":
            parts.append((spec + kind) % _floating(value))
        elif kind == "c":
            parts.append((f"%{flags}{width}s") % value[:1])
        elif kind == "b":
            text, stopped = unescape(value, _ECHO)
            parts.append((spec + "s") % text)
        elif kind == "q":
            parts.append(re.sub(r"([^A-Za-z0-9_@%+=:,./-])", r"\\\1", value) or "''")
        elif kind == "s":
            parts.append((spec + "s") % value)
        else:
            raise UsageProblem(f"%{kind}: invalid format")
        if stopped:
            return "".join(parts), [], True
    literal, stopped = unescape(template[at:], _FORMAT_ESCAPE)
    return "".join([*parts, literal]), queue, stopped


def printf(call: Call) -> Gen:
    """`printf format [argument ...]`: the format is used again while arguments are left."""
    args = list(call.argv[1:])
    if args[:1] == ["--"]:
        args = args[1:]
    if not args:
        return (yield from complain(call, "usage: printf format [arguments]", 2))
    if args[0] == "-v":
        raise UsageProblem("option -v", 2)
    template, rest = args[0], args[1:]
    text, left, stopped = formatted(template, rest)
    while left and not stopped and len(left) < len(rest):
        rest = left
        more, left, stopped = formatted(template, rest)
        text += more
    failed = yield Write(1, text)
    return 1 if isinstance(failed, Errno) else 0


def true(call: Call) -> Gen:
    """Succeed."""
    del call
    yield from ()
    return 0


def false(call: Call) -> Gen:
    """Fail."""
    del call
    yield from ()
    return 1


def pwd(call: Call) -> Gen:
    """The working directory."""
    yield from out(call.cwd + "\n")
    return 0


def yes(call: Call) -> Gen:
    """Print a line until nobody listens."""
    line = (" ".join(call.argv[1:]) or "y") + "\n"
    while not isinstance((yield Write(1, line * 512)), Errno):
        pass
    return 1


def seq(call: Call) -> Gen:
    """`seq [first [step]] last`, with -s separator and -w."""
    args, separator, wide = list(call.argv[1:]), "\n", False
    while args and args[0][:1] == "-" and not re.match(r"-[.\d]", args[0]):
        option = args.pop(0)
        if option == "-w":
            wide = True
        elif option.startswith("-s"):
            separator = option[2:] or args.pop(0)
        else:
            raise UsageProblem(f"option {option} is not simulated", 2)
    if not args or not all(re.fullmatch(r"-?\d+(\.\d+)?", a) for a in args):
        return (yield from complain(call, f"invalid number '{args[0] if args else ''}'"))
    digits = max(len(a.partition(".")[2]) for a in args)
    scale = 10**digits
    values = [round(float(a) * scale) for a in args]
    first, last = (scale if len(values) == 1 else values[0]), values[-1]
    step = values[1] if len(values) == 3 else scale
    if step == 0:
        return (yield from complain(call, "zero increment"))
    numbers = range(first, last + (1 if step > 0 else -1), step)
    texts = [f"{n / scale:.{digits}f}" if digits else str(n) for n in numbers]
    width = max(map(len, texts), default=0) if wide else 0
    if texts:
        yield from out(separator.join(t.zfill(width) for t in texts) + "\n")
    return 0


def basename(call: Call) -> Gen:
    """The last name of a path, without a suffix."""
    if len(call.argv) < 2:
        return (yield from complain(call, "missing operand"))
    name = posixpath.basename(call.argv[1].rstrip("/")) or "/"
    suffix = call.argv[2] if len(call.argv) > 2 else ""
    yield from out((name.removesuffix(suffix) if name != suffix else name) + "\n")
    return 0


def dirname(call: Call) -> Gen:
    """A path without its last name."""
    if len(call.argv) < 2:
        return (yield from complain(call, "missing operand"))
    path = call.argv[1]
    yield from out((posixpath.dirname(path.rstrip("/")) or ("/" if path.startswith("/") else ".")) + "\n")
    return 0


def expr(call: Call) -> Gen:
    """`expr 1 + 2`, comparisons, `text : pattern`, length, substr: status 1 when the result is 0 or empty."""
    args = list(call.argv[1:])
    match args:
        case ["length", text]:
            result = str(len(text))
        case ["substr", text, start, size]:
            result = text[int(start) - 1 : int(start) - 1 + int(size)]
        case [text, ":", pattern] | ["match", text, pattern]:
            found = re.match(basic(pattern), text)
            # With a group: what it took, or nothing; without: how many characters match.
            grouped = re.compile(basic(pattern)).groups
            result = (found[1] or "" if found else "") if grouped else str(len(found[0]) if found else 0)
        case [left, ("=" | "!=" | "<" | ">" | "<=" | ">=") as op, right] if not (_whole(left) and _whole(right)):
            same = {"=": left == right, "!=": left != right, "<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}
            result = str(int(same[op]))
        case _:
            if any(not _whole(a) and a not in ("+", "-", "*", "/", "%", "(", ")", "=", "!=", "<", ">", "<=", ">=", "|", "&") for a in args):
                return (yield from complain(call, "non-integer argument" if args else "missing operand", 2))
            words = [{"=": "==", "|": "||", "&": "&&"}.get(a, a) for a in args]
            try:
                result = str(evaluate(" ".join(words), Variables()))
            except ExpansionError as error:
                return (yield from complain(call, "division by zero" if "division" in str(error) else "syntax error", 2))
    yield from out(result + "\n")
    return int(result in ("", "0"))


def _whole(text: str) -> bool:
    return re.fullmatch(r"-?\d+", text) is not None


def mktemp(call: Call) -> Gen:
    """A new name; deterministic: numbered, not random."""
    from simulator.process.effects import Close, GetStat, MakeDir, Open

    given = options(call.argv[1:], "dqut", "p")
    template = given.rest[0] if given.rest else posixpath.join(given.get("p", call.env.get("TMPDIR", "/tmp")), "tmp.XXXXXX")
    holes = re.search(r"X{3,}$", template)
    stem, width = (template[: holes.start()], len(holes[0])) if holes else (template + ".", 6)
    for number in count(1):
        path = posixpath.join(call.cwd, stem + str(number).rjust(width, "A"))
        if isinstance((yield GetStat(path, follow=False)), Errno):
            break
    made = (yield MakeDir(path, 0o700)) if "d" in given else (yield Open(path, "w"))
    if isinstance(made, Errno):
        return (yield from complain(call, f"failed to create {'directory' if 'd' in given else 'file'} via template '{template}': {made}"))
    if isinstance(made, int):
        yield Close(made)
    yield from out(path + "\n")
    return 0


COMMANDS: dict[str, Program] = {
    "basename": basename,
    "dirname": dirname,
    "echo": echo,
    "expr": expr,
    "false": false,
    "mktemp": mktemp,
    "printf": printf,
    "pwd": pwd,
    "seq": seq,
    "true": true,
    "yes": yes,
}
