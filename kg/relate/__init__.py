"""Stage 6: clauses, who is told to do what, and the statements made of it."""
