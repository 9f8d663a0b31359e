"""The formats of sharing, in the order in which content is put before them: the most particular first."""

from collections.abc import Sequence

from schakel.sharing.formats.base import Format, Unreadable
from schakel.sharing.formats.csaf.format import Csaf
from schakel.sharing.formats.feed.format import Feed
from schakel.sharing.formats.mail.format import Inner, Mail
from schakel.sharing.formats.mail.keys import Keys
from schakel.sharing.formats.misp.format import Misp
from schakel.sharing.formats.packed import Packed
from schakel.sharing.formats.recognise import recognised
from schakel.sharing.formats.stix import Stix
from schakel.sharing.formats.text.format import PlainText

DOCUMENTS: tuple[Format, ...] = (Csaf(), Stix(), Misp(), Feed(), PlainText())
"""What is a document by itself and carries no others."""
WRITTEN: dict[str, Format] = {"csaf": Csaf(), "stix": Stix(), "misp": Misp(), "atom": Feed(), "text": PlainText()}
"""What an item can leave as, by the word that people ask for it with."""


def formats(*, keys: Keys | None = None) -> tuple[Format, ...]:
    """All that is read; `keys` open sealed mail. Within an archive no other is opened, so that none has no end."""
    *machine, text = DOCUMENTS
    plain_mail = Mail(keys=keys, inner=_among(DOCUMENTS))
    archive = Packed((*machine, plain_mail, text))
    mail = Mail(keys=keys, inner=_among((archive, *DOCUMENTS)))
    return (archive, *machine, mail, text)


def _among(known: Sequence[Format]) -> Inner:
    def inner(content: bytes) -> Format | None:
        try:
            return recognised(content, known)
        except Unreadable:
            return None

    return inner
