"""Anybody's own table: CSV, TSV, JSON Lines or Parquet, with a mapping or with names that speak for themselves."""
