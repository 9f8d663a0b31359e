"""Whether the post could leave now: what the settings say of it, tried out without sending anything."""

import smtplib
from collections.abc import Callable, Mapping

from django.conf import settings

from schakel.post.channels.base import NotReady
from schakel.post.channels.mail import openpgp, relay
from schakel.post.channels.mail.message import sender_of_all
from schakel.post.messages import host


class Trouble(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """Something does not work; the words say what."""


def mail_server() -> str:
    """Talk to the mail server as if there were mail. Gives its answer; raises Trouble."""
    try:
        ours = relay.relay_of(settings.SMTP_URL)
    except NotReady as problem:
        raise Trouble(str(problem)) from problem
    place = f"{ours.host}:{ours.port}"
    try:
        with relay.connect(ours, own_name=host()) as conversation:
            code, words = conversation.noop()
    except (OSError, smtplib.SMTPException) as problem:
        raise Trouble(f"{place}: {problem}") from problem
    return f"{place} says {code} {words.decode(errors='replace')}"


def sender() -> str:
    """Who mail is from. Raises Trouble."""
    try:
        return str(sender_of_all())
    except NotReady as problem:
        raise Trouble(str(problem)) from problem


def signature() -> str:
    """With which key mail is signed. Raises Trouble."""
    try:
        own = openpgp.own_key()
    except NotReady as problem:
        raise Trouble(str(problem)) from problem
    return f"signed with {own.extract_certificate().fingerprint.upper()}" if own else "no key: mail goes unsigned"


CHECKS: Mapping[str, Callable[[], str]] = {"mail server": mail_server, "sender": sender, "signature": signature}
