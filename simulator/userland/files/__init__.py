"""Tools for files and directories: create, copy, list, change modes."""
