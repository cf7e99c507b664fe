"""Numbers and names of Linux processes that containers, the kubelet and the shell share."""

from __future__ import annotations

BY_SIGNAL = 128
"""The exit code of a process that a signal ends is this plus the signal's number."""
SIGKILL_EXIT = BY_SIGNAL + 9
SIGTERM_EXIT = BY_SIGNAL + 15

MAX_ARG_STRLEN = 128 * 1024
"""The length at which Linux refuses a word or a variable of a new program (execve(2): E2BIG)."""
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH of a container whose image and spec set none (the OCI runtime's default)."""
MEMORY_USERS = frozenset({"dd", "java", "python", "python3", "stress", "stress-ng", "tail"})
"""Commands whose words can say how much memory they take."""
ENDLESS_MEMORY = 2**63
"""The bytes that a command takes which never stops to ask for more: no machine has them."""
