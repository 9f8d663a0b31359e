"""From items of ours to bytes for others: each under its label, by the ways that the policy leaves open."""
