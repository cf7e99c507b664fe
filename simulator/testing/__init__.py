"""Start-up order as a regression test: `podsim test`, golden journals and the pytest plugin.

Nothing is imported here: pytest loads the plugin from this package in every session, also where it is not used.
"""
