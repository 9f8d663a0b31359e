"""Reports of the Shadowserver Foundation: one way of reading for all types and all layouts since 2019."""
