"""Who partners and prospects are, what they do and take part in, and on what footing."""
