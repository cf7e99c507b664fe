"""What BusyBox' tools share: the release they run in, their usage errors, and the C library's resolver."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.process.effects import Call, Effects, Process, Sleep, Write
from simulator.process.world import Address, ImageName, NetError, Resolve
from simulator.userland.busybox.images import Kind, Tools, tools_of
from simulator.userland.busybox.release import GLIBC, MUSL, UCLIBC, Busybox

_BAD_LETTER = {GLIBC: "invalid option -- '{}'", UCLIBC: "invalid option -- {}", MUSL: "unrecognized option: {}"}
_BAD_WORD = {GLIBC: "unrecognized option '--{}'", UCLIBC: "unrecognized option `--{}'", MUSL: "unrecognized option: {}"}
_MUSL_ERRORS = {"Connection timed out": "Operation timed out", "No route to host": "Host is unreachable"}
_RETRIED = (NetError.DNS_REFUSED, NetError.DNS_FAILED)
_GNU_DNS_SILENCE = Busybox(libc=GLIBC).dns_silence


def tools() -> Effects[Tools]:
    """Whose tools this container's image has."""
    image = yield ImageName()
    return tools_of(image)


def busybox() -> Effects[Busybox | None]:
    """The release of BusyBox in this container's image; None when its tools are others, or unknown."""
    return (yield from tools()).busybox


def usage(call: Call, release: Busybox, problem: str = "") -> Process:
    """Print a usage error as every applet does: the problem, if there is one, the release, the applet's name. Status 1; 0 for `--help`."""
    is_help = call.argv[1:] == ("--help",)
    problem = "" if is_help else problem
    first = f"{call.name}: {problem}\n" if problem else ""
    yield Write(2, f"{first}BusyBox v{release} multi-call binary.\n\nUsage: {call.name} [OPTIONS]...\n")
    return int(not is_help)


def bad_option(args: Sequence[str], release: Busybox, letters: str, valued: str, words: Sequence[str] = ()) -> str:
    """The C library's message about the first option that an applet does not have; "" when it has all of them.

    Args:
        args: The arguments without the command's name.
        release: Its C library words the message.
        letters: The options without a value.
        valued: The options with one.
        words: The long options, without their dashes.
    """
    queue = list(args)
    while queue:
        arg = queue.pop(0)
        if arg == "--":
            return ""
        if arg.startswith("--"):
            if arg[2:].partition("=")[0] not in words:
                return _BAD_WORD[release.libc].format(arg[2:])
        elif arg.startswith("-") and arg != "-":
            for number, letter in enumerate(arg[1:], 2):
                if letter in valued:
                    del queue[: number == len(arg)]
                    break
                if letter not in letters:
                    return _BAD_LETTER[release.libc].format(letter)
    return ""


def error_text(error: NetError, release: Busybox | None) -> str:
    """What the C library calls an error of the network (strerror(3))."""
    text = "Connection timed out" if error is NetError.TIMED_OUT else error.value
    return _MUSL_ERRORS.get(text, text) if release is not None and release.libc == MUSL else text


def address_of(name: str) -> Effects[str | NetError]:
    """The first address of a name, as getaddrinfo of the image's C library finds it: a silent DNS server costs 5, 20 or 30 s."""
    its = yield from tools()
    silence = its.busybox.dns_silence if its.busybox else _GNU_DNS_SILENCE if its.kind is Kind.GNU else None
    answer = yield Resolve(name, silence)
    if answer in _RETRIED and its.busybox is not None:
        yield Sleep(its.busybox.dns_failure)
    if isinstance(answer, NetError):
        return answer
    return answer.addresses[0] if isinstance(answer, Address) and answer.addresses else NetError.UNKNOWN_NAME
