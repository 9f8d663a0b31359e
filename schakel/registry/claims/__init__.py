"""Claims: what an organisation says is its own, from the form to the asset that the matching knows."""
