"""Commands that only print or only answer: echo, printf, true, false, pwd, yes, seq, expr, basename and the like."""

from __future__ import annotations

import posixpath
import re
from itertools import count

from simulator.process.effects import Call, Program, Write
from simulator.process.errno import Errno
from simulator.process.problems import UsageError
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.variables import ExpansionError, Variables
from simulator.shell.interp.builtins.printing import write_formatted
from simulator.shell.printf import unescape
from simulator.shell.regex import basic
from simulator.userland.kubectl.letters import options
from simulator.userland.streams import Gen, complain, out


def echo(call: Call) -> Gen:
    """`echo [-neE] words`: as busybox and bash do; dash has no -e."""
    args, newline, escapes = list(call.argv[1:]), True, False
    while args and re.fullmatch(r"-[neE]+", args[0]):
        for letter in args.pop(0)[1:]:
            newline = newline and letter != "n"
            escapes = letter == "e" or (escapes and letter != "E")
    text, stopped = unescape(" ".join(args)) if escapes else (" ".join(args), False)
    failed = yield Write(1, text + ("\n" if newline and not stopped else ""))
    if isinstance(failed, Errno):
        return (yield from complain(call, f"write error: {failed}"))
    return 0


def printf(call: Call) -> Gen:
    """`printf format [argument ...]`."""
    return write_formatted(list(call.argv[1:]))


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
            raise UsageError(f"option {option} is not simulated", 2)
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
