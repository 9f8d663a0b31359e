"""The platform's own OpenPGP key, for those who open what was sealed for it."""

from schakel.post.channels.mail.openpgp import own_key

__all__ = ["own_key"]
