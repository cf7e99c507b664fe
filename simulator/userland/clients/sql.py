"""Clients of SQL databases: pg_isready, psql, mysql, mysqladmin."""

from __future__ import annotations

import re

from simulator.process.effects import Call, Program, Write
from simulator.process.world import NetError
from simulator.units import SECOND
from simulator.userland.clients.clients import Target, ask, because, split_address, target_of
from simulator.userland.kubectl.letters import Options, alike, long_options, options, own_up
from simulator.userland.net.network import UNRESOLVED, address_of
from simulator.userland.streams import Gen, out

# ---------------------------------------------------------------------------------------------------------------------------- postgres
_PG_LONG = long_options(
    "host=h port=p username=U dbname=d timeout=t quiet=q command=c file=f tuples-only=T no-password=w no-align=A no-psqlrc=X "
    "set=v variable=v list=l single-transaction=1 output=o field-separator=F record-separator=R pset=P log-file=L csv=q html=q "
    "echo-all=a echo-errors=b echo-queries=e expanded=x single-line=q single-step=q password=W"
)


def _postgres(chosen: Options, call: Call) -> Target:
    database = next((d for d in (chosen.get("d", ""), *chosen.rest) if "://" in d or "host=" in d), "")
    if "://" in database:
        return split_address(database, 5432)
    if match := re.search(r"\bhost=(\S+)", database):
        port = re.search(r"\bport=(\d+)", database)
        return Target(match[1], int(port[1]) if port else 5432)
    return target_of(chosen, call, "h", "p", "PG", 5432)


def pg_isready(call: Call) -> Gen:
    """0 accepting, 1 rejecting, 2 no answer."""
    chosen = options(call.argv[1:], "q", "hpUdt", _PG_LONG, lenient=True)
    yield from own_up(call, chosen)
    target = _postgres(chosen, call)
    wait = int(chosen["t"]) * SECOND if chosen.get("t", "").isdigit() else 3 * SECOND  # pg_isready's default
    answer = yield from ask("postgres", target, "isready", wait or None)
    status = 2 if isinstance(answer, NetError) else int(answer.startswith("-"))
    if "q" not in chosen:
        where = target.host if target.given else "/var/run/postgresql"
        yield from out(f"{where}:{target.port} - {('accepting connections', 'rejecting connections', 'no response')[status]}\n")
    return status


def psql(call: Call) -> Gen:
    """`psql ... -c query`: 0, or 2 without a connection. `select 1` prints 1; other answers are the host's."""
    chosen = options(_apart(call.argv[1:]), "TAqXwW1lnbaeE0", "hpUdcfvPoFLR", _PG_LONG, lenient=True)
    yield from own_up(call, chosen)
    target = _postgres(chosen, call)
    query = "; ".join(v for k, v in chosen.all if k == "c")
    answer = yield from ask("postgres", target, query)
    if isinstance(answer, NetError):
        address = yield from address_of(target.host)
        if isinstance(address, NetError):
            yield Write(2, f'psql: error: could not translate host name "{target.host}" to address: Name or service not known\n')
        else:
            yield Write(
                2,
                f'psql: error: connection to server at "{target.host}" ({address}), port {target.port} failed: {because(answer)}\n'
                "\tIs the server running on that host and accepting TCP/IP connections?\n",
            )
        return 2
    if answer.startswith("-"):
        yield Write(2, f"psql: error: {answer[1:]}\n")
        return 2
    if not answer and re.fullmatch(r"\s*select\s+1\s*;?\s*", query, re.IGNORECASE):
        answer = "1\n" if "T" in chosen else " ?column? \n----------\n        1\n(1 row)\n\n"
    yield from out(answer)
    return 0


def _apart(args: tuple[str, ...]) -> list[str]:
    """psql's -t (tuples only) takes no value although pg_isready's does: `-tAc x` as `-TAc x`."""
    return [re.sub(r"^-(\w*)t", r"-\1T", a, count=1) if re.match(r"^-[AqXwlntc]*t", a) and not a.startswith("--") else a for a in args]


# ------------------------------------------------------------------------------------------------------------------------------- mysql
_MYSQL_LONG = {
    **long_options(
        "host=h port=P user=u password=p silent=s execute=e database=D connect-timeout=6 wait=w skip-column-names=N batch=B socket=S "
        "verbose=v connect_timeout=6 raw=r force=f"
    ),
    **alike(
        "5",
        "protocol ssl-mode defaults-extra-file defaults-file default-character-set ssl-ca ssl-cert ssl-key tls-version login-path "
        "default-auth plugin-dir init-command max-allowed-packet max_allowed_packet bind-address port-open-timeout shutdown-timeout count "
        "sleep",
    ),
    **alike(
        "t",
        "skip-ssl no-defaults ssl compress get-server-public-key enable-cleartext-plugin comments table vertical xml html reconnect "
        "no-auto-rehash ssl-verify-server-cert skip-ssl-verify-server-cert local-infile no-beep one-database column-names unbuffered quick",
    ),
}


def mysql(call: Call) -> Gen:
    """mysql, mysqladmin and the same of MariaDB: 1 without a connection. A refused password is an answer: `ping` is alive."""
    args = [re.sub(r"^-p.*", "-Q", a) for a in call.argv[1:]]  # -p's value is glued to it, or absent
    chosen = options(
        [("--user=x" if a == "--password" else a) for a in args], "QsNBvrftAwCcEHVXiL", "hPueDSnT56", _MYSQL_LONG, lenient=True
    )
    yield from own_up(call, chosen)
    target = target_of(chosen, call, "h", "P", "MYSQL_", 3306)
    admin = call.name in ("mysqladmin", "mariadb-admin")
    answer = yield from ask("mysql", target, " ".join(chosen.rest) if admin else chosen.get("e", ""))
    if isinstance(answer, NetError):
        if target.given and target.host != "localhost":
            unknown = answer in UNRESOLVED
            number = 110 if answer is NetError.TIMED_OUT else 111
            code = 2005 if unknown else 2003
            text = (
                f"Unknown MySQL server host '{target.host}' (-2)"
                if unknown
                else f"Can't connect to MySQL server on '{target.host}:{target.port}' ({number})"
            )
        else:
            code, text = 2002, "Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)"
        if admin and "s" not in chosen:
            yield Write(2, f"{call.name}: connect to server at '{target.host}' failed\nerror: '{text}'\n")
        elif not admin:
            yield Write(2, f"ERROR {code} (HY000): {text}\n")
        return 1
    if answer.startswith("-") and not (admin and "ping" in chosen.rest):
        yield Write(2, f"ERROR {answer[1:]}\n")
        return 1
    if admin:
        yield from out("mysqld is alive\n" if "ping" in chosen.rest and "s" not in chosen else answer)
    elif not answer and re.fullmatch(r"\s*select\s+1\s*;?\s*", chosen.get("e", ""), re.IGNORECASE):
        yield from out("1\n1\n")
    else:
        yield from out(answer)
    return 0


COMMANDS: dict[str, Program] = {
    "mariadb": mysql,
    "mariadb-admin": mysql,
    "mariadb-show": mysql,
    "mysql": mysql,
    "mysqladmin": mysql,
    "mysqlshow": mysql,
    "pg_isready": pg_isready,
    "psql": psql,
}
