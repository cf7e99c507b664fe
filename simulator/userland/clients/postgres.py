"""Clients of PostgreSQL: pg_isready and psql."""

from __future__ import annotations

import re

from simulator.process.effects import Call, Process, Program, Write
from simulator.process.world import NetError
from simulator.units import SECOND
from simulator.userland.busybox.tool import address_of
from simulator.userland.clients.targets import Target, ask, error_text, split_address, target_of
from simulator.userland.flags import Flags, Unknown, report_ignored, switch, value, values, words
from simulator.userland.streams import out

_PORT = 5432
_READY_TIMEOUT = 3 * SECOND
"""pg_isready's --timeout without an argument."""
SELECT_ONE = re.compile(r"\s*select\s+1\s*;?\s*", re.IGNORECASE)
"""The query whose answer is known without a database."""


class _ConnectionFlags(Flags, unknown=Unknown.REPORT):
    """How PostgreSQL's clients name their server."""

    host = value("-h", "--host")
    port = value("-p", "--port")
    database = value("-d", "--dbname", default="")
    user = value("-U", "--username")

    def target(self, call: Call) -> Target:
        """The server: by a connection string (a URL or `host=x port=y`), by options, or by the environment."""
        connection = next((text for text in (self.database, *self.operands) if "://" in text or "host=" in text), "")
        if "://" in connection:
            return split_address(connection, _PORT)
        if match := re.search(r"\bhost=(\S+)", connection):
            port = re.search(r"\bport=(\d+)", connection)
            return Target(match[1], int(port[1]) if port else _PORT)
        return target_of(self.host, self.port, call, "PG", _PORT)


class PgIsreadyFlags(_ConnectionFlags, missing_status=3):
    """The options of pg_isready."""

    quiet = switch("-q", "--quiet")
    timeout = value("-t", "--timeout", default="")


def pg_isready(call: Call) -> Process:
    """0 accepting, 1 rejecting, 2 no answer."""
    given = PgIsreadyFlags.parse(call.argv[1:])
    yield from report_ignored(call, given)
    target = given.target(call)
    wait = int(given.timeout) * SECOND if given.timeout.isdigit() else _READY_TIMEOUT
    answer = yield from ask("postgres", target, "isready", wait or None)
    status = 2 if isinstance(answer, NetError) else int(answer.startswith("-"))
    if not given.quiet:
        where = target.host if target.given else "/var/run/postgresql"
        state = ("accepting connections", "rejecting connections", "no response")[status]
        yield from out(f"{where}:{target.port} - {state}\n")
    return status


class PsqlFlags(_ConnectionFlags, missing="option requires an argument -- '{name}'\npsql: hint: Try \"psql --help\" for more information."):
    """The options of psql."""

    query = values("-c", "--command")
    tuples_only = switch("-t", "--tuples-only")
    without_effect = switch(
        *("-" + letter for letter in "AqXwW1lnbaeE0xSsHz"),
        *words("""
        --quiet --no-password --no-align --no-psqlrc --list --single-transaction --csv --html --echo-all --echo-errors --echo-queries
        --expanded --single-line --single-step --password
        """),
    )
    without_effect_values = value(
        *("-" + letter for letter in "fvPoFLRT"),
        *words("""
        --file --set --variable --output --field-separator --record-separator --pset --log-file
        """),
    )


def psql(call: Call) -> Process:
    """`psql ... -c query`: 0, or 2 without a connection. `select 1` prints 1; other answers are the host's."""
    given = PsqlFlags.parse(call.argv[1:])
    yield from report_ignored(call, given)
    target = given.target(call)
    query = "; ".join(given.query)
    answer = yield from ask("postgres", target, query)
    if isinstance(answer, NetError):
        yield from _no_connection(target, answer)
        return 2
    if answer.startswith("-"):
        yield Write(2, f"psql: error: {answer[1:]}\n")
        return 2
    if not answer and SELECT_ONE.fullmatch(query):
        answer = "1\n" if given.tuples_only else " ?column? \n----------\n        1\n(1 row)\n\n"
    yield from out(answer)
    return 0


def _no_connection(target: Target, error: NetError) -> Process:
    address = yield from address_of(target.host)
    if isinstance(address, NetError):
        yield Write(2, f'psql: error: could not translate host name "{target.host}" to address: Name or service not known\n')
    else:
        yield Write(
            2,
            f'psql: error: connection to server at "{target.host}" ({address}), port {target.port} failed: {error_text(error)}\n'
            "\tIs the server running on that host and accepting TCP/IP connections?\n",
        )
    return 2


COMMANDS: dict[str, Program] = {"pg_isready": pg_isready, "psql": psql}
