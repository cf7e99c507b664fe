"""The termination message of a container: the message of its terminated state (kuberuntime_container.go getTerminationMessage). Pure."""

from __future__ import annotations

MOST_BYTES = 4096
"""MaxContainerTerminationMessageLength: bytes of the end of the file that count."""
MOST_LOG_BYTES = 2048
MOST_LOG_LINES = 80
"""MaxContainerTerminationMessageLogLength and -LogLines: bytes and lines of the end of the log that count."""

MOST_POD_BYTES = 12 * 1024
"""MaxPodTerminationMessageLogLength: bytes that the messages of all containers of a pod share."""


def termination_message(written: str, log: list[str], policy: str, exit_code: int) -> str:
    """The content of the termination file; where that is empty, the policy may ask for the end of the log of a failed container."""
    if written:
        return _end(written, MOST_BYTES)
    if policy == "FallbackToLogsOnError" and exit_code != 0:
        return _end("".join(f"{line}\n" for line in log[-MOST_LOG_LINES:]), MOST_LOG_BYTES)
    return ""


def truncated(text: str, containers: int) -> str:
    """The beginning of a message that fits into the status of a pod with that many containers."""
    data = text.encode("utf-8", "surrogateescape")
    return data[: MOST_POD_BYTES // max(containers, 1)].decode("utf-8", "ignore")


def _end(text: str, most: int) -> str:
    """The last `most` bytes."""
    data = text.encode("utf-8", "surrogateescape")
    return data[-most:].decode("utf-8", "replace")
