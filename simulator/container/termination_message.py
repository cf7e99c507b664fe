"""A container's last words: the message of its terminated state (kuberuntime_container.go getTerminationMessage). Pure."""

from __future__ import annotations

MOST_BYTES = 4096
"""MaxContainerTerminationMessageLength: so much of the end of the file counts."""
MOST_LOG_BYTES = 2048
MOST_LOG_LINES = 80
"""MaxContainerTerminationMessageLogLength and -LogLines: so much of the end of the log."""

MOST_POD_BYTES = 12 * 1024
"""MaxPodTerminationMessageLogLength: what the messages of all containers of a pod share."""


def last_words(written: str, log: list[str], policy: str, exit_code: int) -> str:
    """What was written to the termination file; when that is nothing, the policy may ask for the end of the log of a failure."""
    if written:
        return _end(written, MOST_BYTES)
    if policy == "FallbackToLogsOnError" and exit_code != 0:
        return _end("".join(f"{line}\n" for line in log[-MOST_LOG_LINES:]), MOST_LOG_BYTES)
    return ""


def share(text: str, containers: int) -> str:
    """What of a message the status of a pod with so many containers has room for: its beginning."""
    data = text.encode("utf-8", "surrogateescape")
    return data[: MOST_POD_BYTES // max(containers, 1)].decode("utf-8", "ignore")


def _end(text: str, most: int) -> str:
    """The last `most` bytes."""
    data = text.encode("utf-8", "surrogateescape")
    return data[-most:].decode("utf-8", "replace")
