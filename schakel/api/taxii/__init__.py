"""The TAXII door: programs fetch and send STIX objects. TAXII 2.1 (OASIS, 10 June 2021)."""
