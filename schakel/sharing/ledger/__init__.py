"""The delivery ledger: who is told what, by which way, and what came of it."""
