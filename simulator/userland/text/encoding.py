"""Text in another form: base64, checksums, envsubst."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error

from simulator.process.effects import Call, Process, Program, Write
from simulator.process.fileio import read_all
from simulator.userland.flags import Flags, number, switch
from simulator.userland.streams import complain, inputs

_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))")


def envsubst(call: Call) -> Process:
    """`envsubst ['$A $B'] < template`: with an argument only the variables that it names are replaced."""
    text = yield from read_all()
    only = set(re.findall(r"\$\{?(\w+)\}?", call.argv[1])) if len(call.argv) > 1 else None

    def replaced(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return call.env.get(name, "") if only is None or name in only else match[0]

    yield Write(1, _REFERENCE.sub(replaced, text))
    return 0


class _Base64Flags(Flags):
    decode = switch("-d", "--decode")
    ignore_garbage = switch("-i")
    wrap = number("-w", "--wrap", default=76)


def base64(call: Call) -> Process:
    """`base64 [-d] [-w columns] [file]`."""
    given = _Base64Flags.parse(call.argv[1:])
    texts, status = yield from inputs(call, given.operands)
    data = "".join(text for _, text in texts).encode("utf-8", "surrogateescape")
    if given.decode:
        try:
            decoded = b64decode(b"".join(data.split()), validate=not given.ignore_garbage)
        except Error:
            return (yield from complain(call, "invalid input"))
        yield Write(1, decoded.decode("utf-8", "surrogateescape"))
        return status
    text, width = b64encode(data).decode(), given.wrap
    rows = [text[i : i + width] for i in range(0, len(text), width)] if width else [text]
    yield Write(1, "\n".join(rows) + ("\n" if width else ""))
    return status


class _DigestFlags(Flags):
    without_effect = switch("-b", "-t", "-s", "--status")


def digest(call: Call) -> Process:
    """md5sum, sha1sum, sha256sum, sha512sum (without -c)."""
    given = _DigestFlags.parse(call.argv[1:])
    texts, status = yield from inputs(call, given.operands)
    for path, text in texts:
        checksum = hashlib.new(call.name.removesuffix("sum"), text.encode("utf-8", "surrogateescape"), usedforsecurity=False)
        yield Write(1, f"{checksum.hexdigest()}  {path}\n")
    return status


COMMANDS: dict[str, Program] = {
    "base64": base64,
    "envsubst": envsubst,
    **dict.fromkeys(("md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum"), digest),
}
