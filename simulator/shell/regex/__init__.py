"""Regular expressions of simulated programs: POSIX syntax, and a search whose cost is bounded whatever the expression is."""
