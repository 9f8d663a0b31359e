"""Words for the codes in a chain, and the addresses of its pages."""

from django import template
from django.utils.translation import gettext as _

from schakel.notices import wording
from schakel.notices.models import Answer, Via
from schakel.post.models import DeliveryState

register = template.Library()


@register.simple_tag
def refusal_words(code: str) -> str:
    """Why a way was not taken."""
    return wording.refusal(code)


@register.simple_tag
def basis_words(code: str) -> str:
    """By what a row's system was recognised."""
    return wording.basis(code)


@register.simple_tag
def via_words(code: str) -> str:
    """One of the ways to an organisation."""
    return str(Via(code).label)


@register.simple_tag
def answer_words(code: str) -> str:
    """One of the answers."""
    return str(Answer(code).label)


@register.simple_tag
def delivery_state(code: str) -> str:
    """How far a message is."""
    return str(DeliveryState(code).label)


@register.simple_tag
def given_by(name: str) -> str:
    """Who answered: whoever holds the link, or a member."""
    return _("by the link") if name == "link" else _("on the site")


@register.filter
def when(url: str, is_wanted: object) -> str:
    """The address, or nothing."""
    return url if is_wanted else ""


@register.filter
def after(url: str, key: int) -> str:
    """The address of the page that starts after that row."""
    return f"{url}?after={key}"
