"""The ways of fetching, each a class that setting ITEM_FETCHERS names."""
