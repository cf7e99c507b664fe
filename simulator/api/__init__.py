"""The API server: the only door to the store. Names, uids, generations, admission, graceful deletion."""

from simulator.api.errors import ApiError
from simulator.api.server import ApiServer

__all__ = ["ApiError", "ApiServer"]
