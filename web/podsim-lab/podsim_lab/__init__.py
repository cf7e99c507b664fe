"""The data of `podsim lab`: `data/pyodide/` and `data/packages.zip`."""

__version__ = "314.0.8"
