"""Pages of telling: receipts, how one wants to be told, passing on, newsletters."""
