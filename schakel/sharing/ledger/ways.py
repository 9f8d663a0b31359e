"""The ways to a recipient: its contacts, and the accounts of its people that asked to be told."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from schakel.people.models import UserGrant
from schakel.policy import channels
from schakel.policy.access import ROLES, Permission, Role
from schakel.policy.channels import Channel
from schakel.registry.models import ChannelKind, Contact, ContactRole, ContactStanding, Language
from schakel.sharing.models import MailStop, Preference

ROLES_IN_ORDER = (ContactRole.SECURITY, ContactRole.GENERAL, ContactRole.TECHNICAL, ContactRole.ABUSE)
"""Of a recipient's contacts by mail, those of the first of these roles that it has are told."""
_READERS = [role for role, held in ROLES.items() if Permission.ITEM_VIEW in held and role != Role.SYSTEM]


class Party(NamedTuple):
    """Who is told: one of partner, organisation and user has a number; the desk has none."""

    partner: int | None = None
    organisation: int | None = None
    user: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One address of a recipient. `pace` and `reader` as it prefers; None where it never said anything."""

    address: str
    channel: str = ChannelKind.MAIL
    language: str = Language.DUTCH
    contact: int | None = None
    user: int | None = None
    openpgp_key: str = ""
    webhook_secret: str = ""
    pace: str | None = None
    reader: str = "expert"
    ceiling: str = ""
    kinds: frozenset[str] = frozenset()
    has_stopped: bool = False

    @property
    def carries(self) -> Channel:
        """What may go by it in full."""
        mail = channels.SEALED_MAIL if self.openpgp_key else channels.MAIL
        usual = channels.WEBHOOK if self.channel == ChannelKind.WEBHOOK else mail
        return channels.at_most(usual, self.ceiling) if self.ceiling else usual

    @property
    def spoken(self) -> str:
        """The language in which it is written to: ours are those that the site speaks."""
        return _spoken(self.language)


@cache
def _spoken(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else Language.ENGLISH.value


@dataclass
class _Chosen:
    """What parties and people said of how they want to be told."""

    of: dict[Party, Preference] = field(default_factory=dict)

    def told(self, party: Party, *, is_webhook: bool = False) -> dict[str, object]:
        row = self.of.get(party)
        if row is None:
            return {}
        ceiling = row.webhook_ceiling if is_webhook else row.mail_ceiling
        return {"pace": row.pace, "reader": row.reader, "ceiling": ceiling, "kinds": frozenset(row.kinds)}


def ways_of(parties: Collection[Party]) -> dict[Party, list[Way]]:
    """Every way to each of the parties. Five queries, however many they are."""
    found: dict[Party, list[Way]] = defaultdict(list)
    chosen = _chosen(parties)
    for party, way in [*_contacts(parties, chosen), *_accounts(parties, chosen)]:
        found[party].append(way)
    return found


def _numbers(parties: Collection[Party], kind: str) -> list[int]:
    return [number for party in parties if (number := getattr(party, kind)) is not None]


def _chosen(parties: Collection[Party]) -> _Chosen:
    partners, organisations = _numbers(parties, "partner"), _numbers(parties, "organisation")
    rows = Preference.objects.filter(
        Q(partner__in=partners) | Q(organisation__in=organisations) | Q(user__isnull=False)
    )
    return _Chosen({Party(row.partner_id, row.organisation_id, row.user_id): row for row in rows})


def _contacts(parties: Collection[Party], chosen: _Chosen) -> Iterator[tuple[Party, Way]]:
    """Contacts that are verified and in use: those by webhook, and by mail those of the most fitting role."""
    partners, organisations = _numbers(parties, "partner"), _numbers(parties, "organisation")
    rows = Contact.objects.filter(Q(partner__in=partners) | Q(organisation__in=organisations), is_verified=True)
    rows = rows.exclude(standing=ContactStanding.SUSPENDED).exclude(role=ContactRole.PRIVACY)
    stopped = MailStop.objects.filter(contact__in=rows.values("pk"), what="items")
    stops = set(stopped.values_list("contact", flat=True))
    by_party: dict[Party, list[tuple[str, Way]]] = defaultdict(list)
    columns = ("pk", "partner", "organisation", "role", "channel", "address", "language", "openpgp_key")
    for pk, partner, organisation, role, channel, address, language, key, secret in rows.values_list(
        *columns, "webhook_secret"
    ).order_by("pk"):
        party = Party(partner, organisation)
        said = chosen.told(party, is_webhook=channel == ChannelKind.WEBHOOK)
        way = Way(address, channel, language, pk, None, key, secret, has_stopped=pk in stops, **said)  # type: ignore[arg-type]
        by_party[party].append((role, way))
    for party, ways in by_party.items():
        yield from ((party, way) for way in _fitting(ways))


def _fitting(ways: list[tuple[str, Way]]) -> list[Way]:
    if len(ways) == 1:
        return [ways[0][1]]
    webhooks = [way for _role, way in ways if way.channel == ChannelKind.WEBHOOK]
    mails = [(role, way) for role, way in ways if way.channel == ChannelKind.MAIL]
    first = next((one for one in ROLES_IN_ORDER if any(role == one for role, _way in mails)), None)
    return [*webhooks, *(way for role, way in mails if role == first)]


def _accounts(parties: Collection[Party], chosen: _Chosen) -> Iterator[tuple[Party, Way]]:
    """People by their own mail: who is named, and who works at a recipient and chose to be told."""
    named = set(_numbers(parties, "user"))
    asking = {party.user for party in chosen.of if party.user is not None}
    if not named | asking:
        return
    wanted = set(parties)
    grants = UserGrant.objects.filter(user__in=named | asking, user__is_active=True, role__in=_READERS)
    rows = grants.exclude(user__email="").values_list(
        "user", "partner", "organisation", "user__email", "user__language"
    )
    seen = set()
    for user, partner, organisation, mail, language in rows.order_by("user", "pk"):
        at = Party(partner, organisation)
        for party in {Party(user=user)} & wanted or ({at} & wanted if user in asking else set()):
            if (party, user) not in seen:
                seen.add((party, user))
                said = chosen.told(Party(user=user))
                yield party, Way(mail, language=language, user=user, **said)  # type: ignore[arg-type]
