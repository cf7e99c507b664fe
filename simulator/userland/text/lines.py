"""Filters of lines: head, tail, cut, tr, sort, uniq, wc and their kin."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from simulator.process.effects import AwaitChange, Call, Open, Program, Read, Sleep, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.shell.expand.pattern import bracket
from simulator.userland.kubectl.letters import long_options, options
from simulator.userland.streams import Gen, complain, inputs, lines, out


def head(call: Call) -> Gen:
    """`head [-n count | -c characters] [file ...]`; a negative count leaves out the end."""
    chosen = options(call.argv[1:], "qv", "nc", {"lines": "n", "bytes": "c", "quiet": "q"}, numbers="n")
    unit = "c" if "c" in chosen else "n"
    if not re.fullmatch(r"[-+]?\d+", chosen.get(unit, "10")):
        raise UsageError(f"invalid number '{chosen[unit]}'")
    limit = int(chosen.get(unit, "10"))
    if limit >= 0 and unit == "n" and not chosen.rest:
        for _ in range(limit):
            line = yield Read(0, "line")
            if not line or isinstance(line, Errno):
                break
            yield from out(line)
        return 0
    if limit >= 0 and unit == "c" and len(chosen.rest) < 2:
        return (yield from _first_characters(call, (chosen.rest or ["-"])[0], limit))
    found, status = yield from inputs(call, chosen.rest)
    for number, (path, text) in enumerate(found):
        if len(found) > 1 and "q" not in chosen:
            yield from out(f"{'' if number == 0 else chr(10)}==> {path} <==\n")
        yield from out(text[:limit] if unit == "c" else "".join(text.splitlines(keepends=True)[:limit]))
    return status


def _first_characters(call: Call, path: str, limit: int) -> Gen:
    """No more than that is read: the input may have no end (/dev/urandom)."""
    fd = 0 if path == "-" else (yield Open(absolute(call, path), "r"))
    if isinstance(fd, Errno):
        return (yield from complain(call, f"{path}: {fd}"))
    while limit > 0:
        text = yield Read(fd)
        if not text or isinstance(text, Errno):
            break
        yield from out(text[:limit])
        limit -= len(text)
    return 0


def tail(call: Call) -> Gen:
    """`tail [-n count | -c characters] [-f | -F] [file ...]`; -f waits until the file grows."""
    chosen = options(call.argv[1:], "fFqv", "ncs", long_options("lines=n bytes=c follow=f retry=F quiet=q pid=s"), numbers="n")
    unit = "c" if "c" in chosen else "n"
    amount = chosen.get(unit, "10")
    if not re.fullmatch(r"[-+]?\d+", amount):
        raise UsageError(f"invalid number '{amount}'")
    fds: list[tuple[str, int]] = []
    status = 0
    for path in chosen.rest or ["-"]:
        fd = 0 if path == "-" else (yield Open(absolute(call, path), "r"))
        while isinstance(fd, Errno) and "F" in chosen:
            yield from complain(call, f"can't open '{path}': {fd}")
            yield AwaitChange(absolute(call, path))
            fd = yield Open(absolute(call, path), "r")
        if isinstance(fd, Errno):
            status = yield from complain(call, f"can't open '{path}': {fd}")
            continue
        fds.append((path, fd))
        text = yield Read(fd, "some")
        while (more := (yield Read(fd, "some"))) and not isinstance(more, Errno):
            text += more
        if isinstance(text, str):
            if len(chosen.rest) > 1 and "q" not in chosen:
                yield from out(f"{'' if len(fds) == 1 else chr(10)}==> {path} <==\n")
            yield from out(_last(text, unit, amount))
    if not ("f" in chosen or "F" in chosen) or not fds:
        return status
    return (yield from _follow(call, fds))


def _last(text: str, unit: str, amount: str) -> str:
    parts: list[str] | str = text if unit == "c" else text.splitlines(keepends=True)
    number = int(amount)
    chosen = parts[max(number - 1, 0) :] if amount.startswith("+") else parts[-abs(number) :] if number else parts[:0]
    return "".join(chosen)


def _follow(call: Call, fds: list[tuple[str, int]]) -> Gen:
    if all(path.startswith("/dev/") or path == "-" for path, _ in fds):
        yield Sleep(None)
    while True:
        for _, fd in fds:
            while (text := (yield Read(fd, "some"))) and not isinstance(text, Errno):
                yield Write(1, text)
        if len(fds) > 1:
            yield Sleep(10**9)  # several files are looked at once a second, as busybox does
        else:
            yield AwaitChange(absolute(call, fds[0][0]))


def cut(call: Call) -> Gen:
    """`cut -f list [-d c] [-s]`, `cut -c list`."""
    chosen = options(
        call.argv[1:], "sn", "dfcb", {"delimiter": "d", "fields": "f", "characters": "c", "only-delimited": "s", "output-delimiter": "o"}
    )
    spec = chosen.get("f") or chosen.get("c") or chosen.get("b")
    if not spec or not re.fullmatch(r"(\d+|\d*-\d*)(,(\d+|\d*-\d*))*", spec):
        raise UsageError("you must specify a list of bytes, characters, or fields")
    ranges = [(int(a or 1), int(b) if b else (10**9 if dash else int(a))) for a, dash, b in (p.partition("-") for p in spec.split(","))]

    def wanted(index: int) -> bool:
        return any(a <= index <= b for a, b in ranges)

    found, status = yield from inputs(call, chosen.rest)
    delimiter, result = chosen.get("d", "\t"), []
    for line in (line for _, text in found for line in lines(text)):
        if "f" not in chosen:
            result.append("".join(c for i, c in enumerate(line, 1) if wanted(i)))
        elif delimiter in line:
            result.append(delimiter.join(f for i, f in enumerate(line.split(delimiter), 1) if wanted(i)))
        elif "s" not in chosen:
            result.append(line)
    yield from out("".join(f"{line}\n" for line in result))
    return status


def wc(call: Call) -> Gen:
    """`wc [-lwcm] [file ...]`."""
    chosen = options(call.argv[1:], "lwcmL", "", long_options("lines=l words=w bytes=c chars=m"))
    found, status = yield from inputs(call, chosen.rest)
    wanted = [k for k in "lwmc" if k in chosen] or ["l", "w", "c"]
    rows = [
        (
            {"l": t.count("\n"), "w": len(t.split()), "c": len(t.encode("utf-8", "surrogateescape")), "m": len(t)},
            path if chosen.rest else "",
        )
        for path, t in found
    ]
    if len(rows) > 1:
        rows.append(({k: sum(r[k] for r, _ in rows) for k in "lwcm"}, "total"))
    for counts, name in rows:
        numbers = [str(counts[k]) for k in wanted]
        width = 1 if len(wanted) == 1 else 9 if not name else max(len(str(c)) for r, _ in rows for c in r.values())
        line = " ".join(n.rjust(width if not (len(wanted) > 1 and not name) else 7) for n in numbers)
        yield from out(line + (f" {name}" if name else "") + "\n")
    return status


def _characters(text: str) -> list[str]:
    """The characters of a set of `tr`: ranges, classes, escapes."""
    text = re.sub(r"\\([0-7]{1,3})", lambda m: chr(int(m[1], 8)), text)
    text = re.sub(r"\\([nrt\\])", lambda m: {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}[m[1]], text)
    text = re.sub(r"\[:(\w+):\]", lambda m: "".join(c for c in map(chr, range(128)) if re.fullmatch(f"[{bracket(m[0])}]", c)), text)
    found, at = [], 0
    while at < len(text):
        if at + 2 < len(text) and text[at + 1] == "-" and text[at] <= text[at + 2]:
            found += [chr(n) for n in range(ord(text[at]), ord(text[at + 2]) + 1)]
            at += 3
        else:
            found.append(text[at])
            at += 1
    return found


def tr(call: Call) -> Gen:
    """`tr [-cds] set1 [set2]`."""
    chosen = options(call.argv[1:], "cCdst", "", {"delete": "d", "complement": "c", "squeeze-repeats": "s"})
    if not chosen.rest:
        raise UsageError("missing operand")
    first = _characters(chosen.rest[0])
    second = _characters(chosen.rest[1]) if len(chosen.rest) > 1 else []
    other = "c" in chosen or "C" in chosen
    table = dict(zip(first, second + second[-1:] * (len(first) - len(second)), strict=False)) if second and "d" not in chosen else {}
    squeezed = set(second or first) if "s" in chosen else set()
    previous = ""
    while (text := (yield Read(0))) and not isinstance(text, Errno):
        result = []
        for char in text:
            member = (char in first) != other
            if "d" in chosen and member:
                continue
            new = (second[-1] if other else table.get(char, char)) if member and second and "d" not in chosen else char
            if new in squeezed and new == previous:
                continue
            previous = new
            result.append(new)
        yield from out("".join(result))
    return 0


def sort(call: Call) -> Gen:
    """`sort [-nrufVh] [-t c] [-k field] [file ...]`, by code point as in the C locale."""
    chosen = options(
        call.argv[1:], "nrufVbsdigh", "tko", {"numeric-sort": "n", "reverse": "r", "unique": "u", "key": "k", "field-separator": "t"}
    )
    if "o" in chosen:
        raise NotSimulatedError("option -o")
    found, status = yield from inputs(call, chosen.rest)
    rows = [line for _, text in found for line in lines(text)]
    keys = [value for letter, value in chosen.all if letter == "k"]

    def part(line: str, spec: str) -> str:
        start, _, end = spec.partition(",")
        first = int(re.match(r"\d+", start)[0]) - 1 if re.match(r"\d+", start) else 0  # type: ignore[index]
        last = int(re.match(r"\d+", end)[0]) if re.match(r"\d+", end) else None  # type: ignore[index]
        fields = line.split(chosen["t"]) if "t" in chosen else line.split()
        return (chosen.get("t") or " ").join(fields[first:last])

    def value(text: str, flags: str) -> Any:
        if "n" in flags or "h" in flags or "g" in flags:
            number = re.match(r"\s*-?\d+(\.\d+)?", text)
            return float(number[0]) if number else 0.0
        if "V" in flags:
            return [(0, int(t), "") if t.isdigit() else (1, 0, t) for t in re.split(r"(\d+)", text)]
        return text.upper() if "f" in flags else text

    letters = "".join(chosen)

    def key(line: str) -> Any:
        return [value(part(line, k), letters + "".join(c for c in k if c.isalpha())) for k in keys] if keys else value(line, letters)

    ordered = sorted(rows) if "s" not in chosen and "u" not in chosen else rows
    backwards = "r" in chosen or any("r" in k for k in keys)
    ordered = sorted(ordered, key=key, reverse=backwards)
    if "u" in chosen:
        seen: list[Any] = []
        ordered = [line for line in ordered if key(line) not in seen and not seen.append(key(line))]  # type: ignore[func-returns-value]
    yield from out("".join(f"{line}\n" for line in ordered))
    return status


def uniq(call: Call) -> Gen:
    """`uniq [-cdui] [file]`."""
    chosen = options(call.argv[1:], "cdui", "", {"count": "c", "repeated": "d", "unique": "u"})
    found, status = yield from inputs(call, chosen.rest[:1])
    groups: list[tuple[str, int]] = []
    for line in (line for _, text in found for line in lines(text)):
        same = groups and (groups[-1][0].lower() == line.lower() if "i" in chosen else groups[-1][0] == line)
        if same:
            groups[-1] = (groups[-1][0], groups[-1][1] + 1)
        else:
            groups.append((line, 1))
    kept = [(t, n) for t, n in groups if ("d" not in chosen or n > 1) and ("u" not in chosen or n == 1)]
    yield from out("".join(f"{n:7} {t}\n" if "c" in chosen else f"{t}\n" for t, n in kept))
    return status


def _each_line(change: Callable[[list[str]], list[str]]) -> Callable[[Call], Gen]:
    def command(call: Call) -> Gen:
        """Read all lines, print them changed."""
        found, status = yield from inputs(call, options(call.argv[1:]).rest)
        yield from out("".join(f"{line}\n" for line in change([line for _, text in found for line in lines(text)])))
        return status

    return command


rev = _each_line(lambda rows: [row[::-1] for row in rows])
tac = _each_line(lambda rows: rows[::-1])
nl = _each_line(lambda rows: [f"{i:6}\t{row}" for i, row in enumerate(rows, 1)])


COMMANDS: dict[str, Program] = {
    "cut": cut,
    "head": head,
    "nl": nl,
    "rev": rev,
    "sort": sort,
    "tac": tac,
    "tail": tail,
    "tr": tr,
    "uniq": uniq,
    "wc": wc,
}
