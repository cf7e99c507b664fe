"""`podsim clock`: the time of a served session, and how to move it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from simulator.cli.paint import echo
from simulator.cli.usage import command
from simulator.errors import UsageError

WORDS = "step DURATION | to TIME | next"


@command(short_help="Print or move the time of a session of `podsim serve`.")
@click.argument("words", nargs=-1, metavar=f"[{WORDS}]")
@click.option("--kubeconfig", metavar="FILE", help="The session's kubeconfig file. Default: KUBECONFIG, or the last session's.")
def clock(words: tuple[str, ...], kubeconfig: str | None) -> None:
    """Print the simulated time of a session, or move it: by a duration, to a time, or to the next change of an object.

    Every clock can be moved forward; under `--clock manual` nothing else moves it.

    \b
    Examples:
      podsim clock
      podsim clock step 10s
      podsim clock to 75s
      podsim clock next
    """
    answer = _ask(_file(kubeconfig), _body(words))
    echo(answer["text"])


def _body(words: tuple[str, ...]) -> dict[str, Any] | None:
    """The body of the request; None: only read the time. Raises UsageError."""
    match words:
        case ():
            return None
        case ("next",):
            return {"next": True}
        case ("step" | "to" as word, span):
            return {word: span}
    raise UsageError(f"podsim clock takes {WORDS}, not {' '.join(words)!r}")


def _file(named: str | None) -> Path:
    from simulator.cli.last_run import state_folder

    return Path(named or os.environ.get("KUBECONFIG") or state_folder() / "serve" / "kubeconfig")


def _ask(file: Path, order: dict[str, Any] | None) -> dict[str, Any]:
    """Raises UsageError when no session answers, or when it refuses."""
    import json
    import ssl
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    from simulator.serve.clock_api import PATH
    from simulator.serve.kubeconfig import read_back

    try:
        server, token, authority = read_back(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; `podsim serve` writes it") from error
    except ValueError as error:
        raise UsageError(f"{file} is no kubeconfig file of `podsim serve`") from error
    body = None if order is None else json.dumps(order).encode()
    request = Request(server + PATH, data=body, headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    try:
        with urlopen(request, context=ssl.create_default_context(cadata=authority)) as answer:
            result: dict[str, Any] = json.load(answer)
            return result
    except HTTPError as error:
        raise UsageError(json.load(error)["message"]) from error
    except URLError as error:
        raise UsageError(f"no session answers at {server}: {error.reason}") from error


COMMANDS: list[click.Command] = [clock]
