"""Documents to sign or to send: made from plain values by typst, as PDF/A."""

from schakel.registry.documents.pdf import agreement_pdf, digest_of, letter_pdf

__all__ = ["agreement_pdf", "digest_of", "letter_pdf"]
