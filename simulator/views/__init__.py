"""What a person looks at: pure functions of a snapshot of the journal."""
