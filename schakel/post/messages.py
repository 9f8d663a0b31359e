"""What others hand to the post: one message for one address, and the name it keeps for ever."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import salted_hmac

from schakel.registry.models import ChannelKind, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message for one address. `key` is the sender's own name for it: the same key is the same message.

    `headers` may add to a mail (Reply-To, List-Unsubscribe), never replace what the post writes itself. `payload` is
    what a webhook carries; without it the webhook carries subject and body.
    """

    key: str
    address: str
    subject: str
    body: str
    channel: str = ChannelKind.MAIL
    language: str = Language.DUTCH
    body_html: str = ""
    attachment_name: str = ""
    attachment: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    openpgp_key: str = ""
    webhook_secret: str = ""
    payload: Mapping[str, object] | None = None


def message_id_of(key: str) -> str:
    """The Message-ID (RFC 5322, 3.6.4) of the message with that key: stable, and nobody else can guess it.

    It is a keyed SHA-256: a bounce that names it was written by somebody who saw the message.
    """
    return message_ids_of([key])[0]


def message_ids_of(keys: Sequence[str]) -> list[str]:
    """The same of many: the key of the digest is made once."""
    at_host = host()
    seal = salted_hmac("schakel.post.messages", "", algorithm="sha256")
    return [f"<{_digest(seal, key)[:40]}@{at_host}>" for key in keys]


def _digest(seal: hmac.HMAC, key: str) -> str:
    own = seal.copy()
    own.update(key.encode())
    return own.hexdigest()


def host() -> str:
    """The host part of the address that we send from."""
    return parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]
