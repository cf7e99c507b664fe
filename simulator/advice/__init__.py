"""Start-up and shutdown budgets of containers, the mistakes in them, and the smallest setting that meets a goal."""
