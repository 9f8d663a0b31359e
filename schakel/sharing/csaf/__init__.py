"""CSAF as a provider has it: published items as signed files, and the lists by which others find them."""
