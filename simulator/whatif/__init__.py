"""Many runs: sweeps, distributions, comparison, advice; and what clients see while something happens."""
