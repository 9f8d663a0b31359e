"""The open switchboard of a cyber-resilience network."""
