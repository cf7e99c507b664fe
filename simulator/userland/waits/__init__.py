"""Tools whose purpose is to wait: for ports, files, commands."""
