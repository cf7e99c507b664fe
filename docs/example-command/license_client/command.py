"""`license-client URL`: waits until a license server grants a license, and saves it."""

from __future__ import annotations

from simulator.public.commands import (
    SECOND,
    Call,
    Flags,
    HttpRequest,
    HttpResponse,
    Process,
    Sleep,
    UsageError,
    absolute,
    complain,
    number,
    out,
    seconds,
    switch,
    value,
    write_file,
)


class LicenseFlags(Flags):
    """The options, as the real client has them."""

    every = seconds("-e", "--every")
    retries = number("-r", "--retries", default=10)
    save = value("-o", "--output", default="/tmp/license")
    quiet = switch("-q", "--quiet")


def license_client(call: Call) -> Process:
    """Ask until the server answers 200; 1 when it has not after all retries."""
    given = LicenseFlags.parse(call.argv[1:])
    if not given.operands:
        raise UsageError("which server?", 2)
    url = f"http://{given.operands[0]}/license"
    for turn in range(given.retries + 1):
        answer = yield HttpRequest("GET", url, timeout=2 * SECOND)
        if isinstance(answer, HttpResponse) and answer.status == 200:
            yield from write_file(absolute(call, given.save), answer.body)
            return 0
        if not given.quiet:
            yield from out(f"no license yet (attempt {turn + 1})\n")
        yield Sleep(given.every or 5 * SECOND)
    return (yield from complain(call, f"no license from {url}"))
