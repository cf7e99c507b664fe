"""Why a file operation failed: POSIX error numbers by name, with the text that tools print for them."""

from __future__ import annotations

from enum import Enum


class Errno(Enum):
    """A failed file operation, returned as a value. `str()` is strerror(3)'s text."""

    ENOENT = "No such file or directory"
    EEXIST = "File exists"
    EISDIR = "Is a directory"
    ENOTDIR = "Not a directory"
    ENOTEMPTY = "Directory not empty"
    EROFS = "Read-only file system"
    EBUSY = "Device or resource busy"
    EINVAL = "Invalid argument"
    ELOOP = "Too many levels of symbolic links"
    EXDEV = "Invalid cross-device link"
    EBADF = "Bad file descriptor"
    EACCES = "Permission denied"
    EPERM = "Operation not permitted"
    EPIPE = "Broken pipe"
    ESRCH = "No such process"
    EADDRINUSE = "Address already in use"

    def __str__(self) -> str:
        return self.value
