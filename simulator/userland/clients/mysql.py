"""Clients of MySQL and MariaDB: mysql, mysqladmin, mysqlshow."""

from __future__ import annotations

from simulator.process.effects import Call, Process, Program, Write
from simulator.process.world import UNRESOLVED, NetError
from simulator.userland.clients.postgres import SELECT_ONE
from simulator.userland.clients.targets import Target, ask, target_of
from simulator.userland.flags import Flags, Unknown, optional, report_ignored, switch, value, words
from simulator.userland.streams import out

_PORT = 3306
_ADMIN = frozenset({"mysqladmin", "mariadb-admin"})


class MysqlFlags(Flags, unknown=Unknown.REPORT):
    """The options of mysql, mysqladmin and mysqlshow."""

    host = value("-h", "--host")
    port = value("-P", "--port")
    user = value("-u", "--user")
    password = optional("-p", "--password")  # its value is glued to it, or it is asked for
    execute = value("-e", "--execute", default="")
    silent = switch("-s", "--silent")
    without_effect = switch(
        *("-" + letter for letter in "NBvrftAwCcEHVXiLqnT"),
        *words("""
        --skip-column-names --batch --verbose --raw --force --wait --skip-ssl --no-defaults --ssl --compress --get-server-public-key
        --enable-cleartext-plugin --comments --table --vertical --xml --html --reconnect --no-auto-rehash --ssl-verify-server-cert
        --skip-ssl-verify-server-cert --local-infile --no-beep --one-database --column-names --unbuffered --quick
        """),
    )
    without_effect_values = value(
        *("-D", "-S"),
        *words("""
        --database --connect-timeout --connect_timeout --socket --protocol --ssl-mode --defaults-extra-file --defaults-file
        --default-character-set --ssl-ca --ssl-cert --ssl-key --tls-version --login-path --default-auth --plugin-dir --init-command
        --max-allowed-packet --max_allowed_packet --bind-address --port-open-timeout --shutdown-timeout --count --sleep
        """),
    )


_NO_SOCKET = 2002
_SOCKET = "/var/run/mysqld/mysqld.sock"


def mysql(call: Call) -> Process:
    """mysql, mysqladmin and the same of MariaDB: 1 without a connection. A refused password is an answer: `ping` is alive."""
    given = MysqlFlags.parse(call.argv[1:])
    yield from report_ignored(call, given)
    target = target_of(given.host, given.port, call, "MYSQL_", _PORT)
    admin = call.name in _ADMIN
    pings = admin and "ping" in given.operands
    answer = yield from ask("mysql", target, " ".join(given.operands) if admin else given.execute)
    if isinstance(answer, NetError):
        code, text = _failure(target, answer)
        if not admin:
            yield Write(2, f"ERROR {code} (HY000): {text}\n")
        elif not given.silent:
            yield Write(2, f"{call.name}: connect to server at '{target.host}' failed\nerror: '{text}'\n{_advice(call, target, code)}")
        return 1
    if answer.startswith("-") and not pings:
        yield Write(2, f"ERROR {answer[1:]}\n")
        return 1
    if pings and not given.silent:
        yield from out("mysqld is alive\n")
    elif not admin and not answer and SELECT_ONE.fullmatch(given.execute):
        yield from out("1\n1\n")
    else:
        yield from out(answer)
    return 0


def _advice(call: Call, target: Target, code: int) -> str:
    """What the admin tool adds to its message."""
    daemon = "mariadbd" if call.name.startswith("mariadb") else "mysqld"
    if code == _NO_SOCKET:
        return f"Check that {daemon} is running and that the socket: '{_SOCKET}' exists!\n"
    text = f"Check that {daemon} is running on {target.host} and that the port is {target.port}.\n"
    return f"{text}You can check this by doing 'telnet {target.host} {target.port}'\n"


def _failure(target: Target, error: NetError) -> tuple[int, str]:
    """The client's error number and message. `localhost` means the socket of the container itself."""
    if not target.given or target.host == "localhost":
        return _NO_SOCKET, f"Can't connect to local MySQL server through socket '{_SOCKET}' (2)"
    if error in UNRESOLVED:
        return 2005, f"Unknown MySQL server host '{target.host}' (-2)"
    errno = 110 if error is NetError.TIMED_OUT else 111
    return 2003, f"Can't connect to MySQL server on '{target}' ({errno})"


COMMANDS: dict[str, Program] = dict.fromkeys(("mariadb", "mariadb-admin", "mariadb-show", "mysql", "mysqladmin", "mysqlshow"), mysql)
