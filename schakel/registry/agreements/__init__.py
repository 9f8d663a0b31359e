"""Agreements from draft to end: what binds a partner, and what follows from it."""
