"""Asking the Internet whether somebody really holds a name, a network or a number.

DNS, HTTPS, RDAP and security.txt, each a small client: guarded against our own network, limited in time, size and
number, and with one clear answer where nobody can be asked now (`Away`).
"""

from schakel.registry.proofs.asking import Away

__all__ = ["Away"]
