"""A delivery as a message of RFC 5322: written the same each time, so that a second copy is the same message."""

import hashlib
import mimetypes
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import idna
from django.conf import settings
from django.utils.timezone import localtime

from schakel.post.channels.base import NotReady, Unsendable
from schakel.post.channels.mail import openpgp
from schakel.post.models import Delivery

POLICY = SMTP.clone(cte_type="7bit")  # Signed parts must survive any server (RFC 3156, 3).
OURS = {"from", "to", "date", "subject", "message-id", "auto-submitted", "mime-version", "content-type"}


def recipient_of(delivery: Delivery) -> str:
    """The address for the envelope, its host name in ASCII. Raises Unsendable for what is no address."""
    local, _, domain = delivery.address.strip().rpartition("@")
    try:
        name = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise Unsendable(f"The address has no valid host name: {error}") from error
    if not local.isascii():
        raise Unsendable("The address has letters before the @ that few mail servers accept; ask for another.")
    if not local or any(letter <= " " or letter in '<>@,;:"\\()[]' for letter in local):
        raise Unsendable("The address is not one mail address.")
    return f"{local}@{name}"


def compose(delivery: Delivery) -> bytes:
    """The whole message, signed and encrypted as it must be.

    Raises Unsendable for a message that cannot be written, NotReady when our own key cannot be used.
    """
    try:
        headers = headers_of(delivery)
        entity = entity_of(delivery)
    except (
        ValueError,
        LookupError,
        MessageError,
    ) as error:  # A line break in a header, two headers of which one may be.
        raise Unsendable(f"The message cannot be written: {error}") from error
    entity = openpgp.protect(entity, recipient_key=delivery.openpgp_key, boundary=boundary_of(delivery, "pgp"))
    return headers.as_bytes(policy=POLICY).rstrip(b"\r\n") + b"\r\n" + entity


def sender_of_all() -> Address:
    """Who the mail is from. Raises NotReady where the setting is no address."""
    name, address = parseaddr(settings.MAIL_FROM)
    try:
        return Address(name, addr_spec=address)
    except (ValueError, LookupError, MessageError) as error:
        raise NotReady(f"SCHAKEL_MAIL_FROM is no mail address: {error}") from error


def headers_of(delivery: Delivery) -> EmailMessage:
    """The message's own headers, without those of its content."""
    message = EmailMessage(policy=POLICY)
    message["From"] = sender_of_all()
    message["To"] = Address(addr_spec=recipient_of(delivery))
    message["Subject"] = delivery.subject
    message["Date"] = format_datetime(localtime(delivery.made_at))
    message["Message-ID"] = delivery.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please.
    message["Content-Language"] = delivery.language
    for header, value in delivery.headers.items():
        if header.lower() not in OURS:
            message[header] = value
    if "https:" in message.get("List-Unsubscribe", ""):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058.
    message["MIME-Version"] = "1.0"
    return message


def entity_of(delivery: Delivery) -> bytes:
    """The content as a MIME entity: text, the same in HTML where there is one, and the attachment."""
    part = MIMEPart(policy=POLICY)
    part.set_content(delivery.text, cte="quoted-printable")
    if delivery.body_html:
        part.add_alternative(delivery.body_html, subtype="html", cte="quoted-printable")
    name, attachment = delivery.enclosed
    if name:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        part.add_attachment(
            attachment,
            *kind.split("/"),
            filename=name,
            params={"charset": "utf-8"} if kind.startswith("text/") else None,
        )
    for number, container in enumerate(inner for inner in part.walk() if inner.is_multipart()):
        container.set_boundary(boundary_of(delivery, str(number)))
    return part.as_bytes(policy=POLICY)


def boundary_of(delivery: Delivery, place: str) -> str:
    """A boundary that no content has: `=_` never stands in quoted-printable or base64 (RFC 2045, 6.7)."""
    return f"=_{hashlib.sha256(f'{delivery.message_id}/{place}'.encode()).hexdigest()[:32]}"
