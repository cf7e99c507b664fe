"""sysctl: settings of the kernel, which are files below /proc/sys; those that no one has written have Linux' usual values."""

from __future__ import annotations

import posixpath

from simulator.process.effects import Call, Effects, Process, Program, Unsupported
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, make_dirs, read_file, write_file
from simulator.userland.flags import Flags, switch
from simulator.userland.streams import lines, out

USUAL = {
    "fs.file-max": "9223372036854775807",
    "fs.inotify.max_user_instances": "128",
    "fs.inotify.max_user_watches": "65536",
    "fs.nr_open": "1048576",
    "kernel.pid_max": "4194304",
    "net.bridge.bridge-nf-call-iptables": "1",
    "net.core.somaxconn": "4096",
    "net.ipv4.ip_forward": "1",
    "net.ipv4.ip_local_port_range": "32768\t60999",
    "net.ipv4.ip_unprivileged_port_start": "1024",
    "net.ipv4.tcp_keepalive_time": "7200",
    "net.ipv6.conf.all.disable_ipv6": "0",
    "vm.max_map_count": "65530",
    "vm.overcommit_memory": "0",
    "vm.swappiness": "60",
}
"""Values of a node that kubeadm accepts, on Linux 6."""


class _SysctlFlags(Flags):
    values_only = switch("-n")
    quiet = switch("-q")
    load = switch("-p")
    without_effect = switch("-w", "-e", "-a")


def sysctl(call: Call) -> Process:
    """`sysctl [-n] key ...`, `sysctl [-q] -w key=value ...`, `sysctl -p [file]`: what is written can be read back."""
    given = _SysctlFlags.parse(call.argv[1:])
    settings = given.operands
    if given.load:
        text = yield from read_file(call, absolute(call, (given.operands or ["/etc/sysctl.conf"])[0]))
        rows = lines(text) if isinstance(text, str) else []
        settings = [row for row in rows if "=" in row and not row.lstrip().startswith(("#", ";"))]
    for setting in settings:
        key, equals, value = (part.strip() for part in setting.partition("="))
        key = key.replace("/", ".")
        if equals:
            yield from make_dirs(posixpath.dirname(_path(key)))
            yield from write_file(_path(key), f"{value}\n")
        else:
            value = yield from _value(call, key)
        if not given.quiet or not equals:
            yield from out(f"{value}\n" if given.values_only else f"{key} = {value}\n")
    return 0


def _path(key: str) -> str:
    return "/proc/sys/" + key.replace(".", "/")


def _value(call: Call, key: str) -> Effects[str]:
    text = yield from read_file(call, _path(key))
    if not isinstance(text, Errno) and text:
        return text.rstrip("\n")
    if key not in USUAL:
        yield Unsupported(call.name, f"{key} is assumed to be 0")
    return USUAL.get(key, "0")


COMMANDS: dict[str, Program] = {"sysctl": sysctl}
