"""Whom a site names for its security (security.txt, RFC 9116)."""

from datetime import datetime
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from schakel.registry.proofs import fetching
from schakel.registry.proofs.asking import known

REMEMBERED_SECONDS = 3600


def contacts(domain: str) -> tuple[str, ...]:
    """The mail addresses that a domain's security.txt names, in its order; none where it is old. Raises Away."""
    text = known(f"security.txt {domain}", seconds=REMEMBERED_SECONDS, ask=lambda: _fetched(domain))
    return read(text, at=timezone.now())


def read(text: str, *, at: datetime) -> tuple[str, ...]:
    """The mail addresses in a file; one that has expired, or does not say when it does, counts for nothing (2.5.5)."""
    fields = [line.partition(":") for line in text.splitlines() if ":" in line and not line.startswith(("#", "-----"))]
    values = [(name.strip().lower(), value.strip()) for name, _, value in fields]
    ends = [_moment(value) for name, value in values if name == "expires"]
    if len(ends) != 1 or ends[0] is None or ends[0] <= at:
        return ()
    named = [value for name, value in values if name == "contact" and value.lower().startswith("mailto:")]
    return tuple(dict.fromkeys(filter(_is_mail, (value[7:].partition("?")[0] for value in named))))


def _fetched(domain: str) -> str:
    url = f"https://{domain}/.well-known/security.txt"
    page = fetching.get(url, accept="text/plain", may_follow=fetching.within_site)
    return page.body.decode("utf-8", "replace") if page.status == HTTPStatus.OK else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.upper())
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _is_mail(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True
