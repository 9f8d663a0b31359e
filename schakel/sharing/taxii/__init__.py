"""TAXII 2.1 (OASIS, 10 June 2021): what programs fetch from us and send us, as STIX objects."""
