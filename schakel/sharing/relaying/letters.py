"""What a constituency reads of a bulletin: the partner's words, the item's own, who checked it and when."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from schakel.post import copies
from schakel.post.models import Content
from schakel.sharing.document import Document, Text
from schakel.sharing.ledger.labels import effective
from schakel.sharing.ledger.letters import text_for
from schakel.sharing.models import Passing, Receipt
from schakel.sharing.words import Occasion

SALT = "schakel.sharing.relaying"


class Writer:
    """The bulletin of one passing, written once in each form."""

    def __init__(self, passing: Passing, document: Document, at: datetime) -> None:
        self._passing, self._document, self._at = passing, document, at
        self._contents: dict[str, Content] = {}

    def content(self, *, occasion: str, is_bare: bool) -> Content:
        """What its members are told; a bare one says only that there is something to read."""
        name = f"{'bare' if is_bare else 'full'}.{occasion}"
        if name not in self._contents:
            passing = self._passing
            mark = effective(passing.item).marking
            with override(passing.language):
                prefix = _("Updated: ") if occasion == Occasion.UPDATE else ""
                what = _("Information from %(partner)s") % {"partner": passing.partner.name}
                subject = f"[{mark}] {what if is_bare else prefix + passing.title}"
                body = "\n\n".join([mark, what] if is_bare else [mark, *paragraphs(passing, self._document)]) + "\n\n"
            key = f"passing:{passing.pk}:{passing.item.published_version}:{passing.passed_at.timestamp()}:{name}"
            self._contents[name] = copies.content(key=key, subject=subject, body=body, at=self._at)
        return self._contents[name]


def paragraphs(passing: Passing, document: Document) -> list[str]:
    """The bulletin in plain text, in the language at hand."""
    text = chosen(passing, document)
    action = text.action or passing.item.no_action_reason
    doing = f"{_('What you can do')}:\n{action}" if action else ""
    found = [passing.title, passing.intro, text.summary, doing, text.body, checked(passing), sources(document)]
    return [part.strip() for part in found if part.strip()]


def chosen(passing: Passing, document: Document) -> Text:
    """The text for the reader that the partner chose."""
    return text_for(document, reader=passing.reader, language=passing.language)


def checked(passing: Passing) -> str:
    """The mark of validation: who stands for it, and of which day it is (R113)."""
    item = passing.item
    day = timezone.localdate(item.revised_at or item.published_at or passing.passed_at)
    passed = timezone.localdate(passing.passed_at)
    said = {"partner": passing.partner.name, "passed": f"{passed:%d-%m-%Y}", "day": f"{day:%d-%m-%Y}"}
    return _("Checked by %(partner)s on %(passed)s. The information is of %(day)s.") % said


def sources(document: Document) -> str:
    """Where it comes from; nothing that names who else got it."""
    named = ", ".join(dict.fromkeys(filter(None, (document.publisher, *document.contributors))))
    urls = "\n".join(one.url for one in document.references[:5])
    return "\n".join(filter(None, [_("Source: %(names)s") % {"names": named} if named else "", urls]))


def reading_line(receipt: Receipt, language: str) -> str:
    """The member's own link to the bulletin's page."""
    with override(language):
        return _("Read it here: %(url)s") % {"url": f"{settings.BASE_URL}/bulletin/{token_of(receipt)}"}


def token_of(receipt: Receipt) -> str:
    """What a member's link carries."""
    return signing.Signer(salt=SALT).sign_object([receipt.pk], compress=False)


def receipt_of(token: str) -> Receipt | None:
    """The receipt that a link opens while the bulletin is out; None looks the same for all else."""
    try:
        (pk,) = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Receipt.objects.filter(pk=pk, passing__stopped_at=None, recalled_at=None, item__state="published")
    return rows.select_related("passing__partner", "passing__item__circle", "item__circle").first()
