"""Paths that are not in the file system: devices, descriptors by name, /proc."""

from __future__ import annotations

import posixpath
import re

from simulator.process.descriptors import Noise, Stream, TextSource, Zeros
from simulator.process.errno import Errno
from simulator.process.kernel import Kernel
from simulator.process.tasks import Task
from simulator.process.world import Random


def device(kernel: Kernel, task: Task, path: str) -> Stream | Errno | None:
    """The stream behind a special file, None if the path is an ordinary one."""
    if path in ("/dev/null", "/dev/tty", "/dev/console"):
        return Stream()
    if path == "/dev/zero":
        return Zeros()
    if path in ("/dev/urandom", "/dev/random"):
        # `head -c 32 /dev/urandom` must stop, and so must a script that reads to the end: the stream is finite, and says so.
        what = f"ends after {Noise.PAGE * Noise.PAGES} characters"
        return Noise(int(kernel.host.ask(Random(2**32)).value), lambda: kernel.host.note(path, what))
    if (text := _process_file(kernel, path)) is not None:
        task.job.world = True  # processes come and go: the next run of this probe may see others
        return TextSource(text) if path.count("/") == 3 else Errno.EISDIR
    # Writing to /proc/1/fd/1 is how execs and cron jobs get into the container's log.
    named = {"/dev/stdin": "/dev/fd/0", "/dev/stdout": "/dev/fd/1", "/dev/stderr": "/dev/fd/2"}.get(path, path)
    for prefix, owner in (("/dev/fd/", task), ("/proc/self/fd/", task), ("/proc/1/fd/", kernel.tasks.get(1))):
        if named.startswith(prefix):
            number = named.removeprefix(prefix)
            return (owner.fds.get(int(number)) if owner and number.isdigit() else None) or Errno.ENOENT
    return None


def _process_file(kernel: Kernel, path: str) -> str | None:
    """The text of a file in /proc about a running process ("" of its directory), None if it is something else."""
    match = re.fullmatch(r"/proc/(\d+)(?:/(comm|cmdline|status))?", path)
    owner = kernel.tasks.get(int(match[1])) if match else None
    if match is None or owner is None or owner.status is not None:
        return None
    name = posixpath.basename(owner.argv[0])
    texts = {
        "comm": f"{name}\n",
        "cmdline": "\0".join(owner.argv) + "\0",
        "status": f"Name:\t{name}\nState:\tS (sleeping)\nPid:\t{owner.pid}\n",
    }
    return texts.get(match[2] or "", "")
