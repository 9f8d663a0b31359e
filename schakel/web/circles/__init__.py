"""Circles on the site: for those who are in one, and for nobody else."""
