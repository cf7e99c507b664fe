"""Start-up order as a regression test: expectations, `podsim test`, golden journals, the pytest plugin, clusters for tests in Python.

Nothing is imported here: pytest loads the plugin of this room in every session, also of those who never use it.
"""
