"""What happened to pods and Services over time, as text and as pictures."""
