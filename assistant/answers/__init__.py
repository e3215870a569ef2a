"""Answers: the record that every door hands out, and the store that keeps it."""
