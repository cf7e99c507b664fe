"""Numbers and names of Linux processes that containers, the kubelet and the shell share."""

from __future__ import annotations

SIGNALLED = 128
"""A process that a signal ends has this plus the signal's number as its exit code."""
SIGKILL_EXIT = SIGNALLED + 9
SIGTERM_EXIT = SIGNALLED + 15

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH of a container whose image and spec set none (the OCI runtime's default)."""
