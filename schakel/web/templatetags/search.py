"""What pages of finding and of feedback say."""

from django import template

from schakel.sharing import indicators
from schakel.sharing.ledger import letters
from schakel.sharing.models import SharedItem
from schakel.sharing.words import FeedbackKind
from schakel.web import labels

register = template.Library()


@register.simple_tag
def feedback_kind(value: str) -> str:
    """A kind of feedback in words."""
    return str(FeedbackKind(value).label)


@register.filter
def path_of(item: SharedItem) -> str:
    """The address of an item's page."""
    return letters.path_of(item)


@register.filter
def sector_name(slug: str) -> str:
    """A sector in words."""
    return str(dict(labels.sectors()).get(slug, slug))


@register.filter
def unclickable(value: str) -> str:
    """An indicator as it may be shown: nothing makes a link of it."""
    return indicators.defanged(value)
