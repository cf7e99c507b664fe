"""What `podsim learn` does: the student's progress and files, a lesson on the terminal, checks of tasks."""
