"""From report to answer: what came in, what was told, and what came of it."""
