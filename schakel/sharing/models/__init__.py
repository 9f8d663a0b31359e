"""The app's tables."""

from schakel.sharing.models.addressing import addressed
from schakel.sharing.models.audience import Audience
from schakel.sharing.models.circle import CIRCLE_MOVES, Circle, CircleMember, CircleMemberQuerySet, CircleWords
from schakel.sharing.models.circle_life import CircleEntry, CirclePhase, JointAction, Release, TaskUse
from schakel.sharing.models.csaf import CsafFile
from schakel.sharing.models.feedback import Feedback, Sighting
from schakel.sharing.models.incoming import HELD_MOVES, Arrival, HeldContent, ItemSource
from schakel.sharing.models.item import ITEM_MOVES, OUT, ItemQuerySet, SharedItem
from schakel.sharing.models.ledger import Dispatch, ItemChange, MailStop, Newsletter, Preference, Receipt, Telling
from schakel.sharing.models.misp import FeedEvent
from schakel.sharing.models.outlet import Outlet, OutletTelling
from schakel.sharing.models.passing import ClientTie, Passing
from schakel.sharing.models.search import Alert, SavedSearch, SearchEntry
from schakel.sharing.models.served import ServedObject, Submission
from schakel.sharing.models.version import ItemIndicator, ItemProduct, ItemVersion, ItemWeakness, Original

__all__ = [
    "CIRCLE_MOVES",
    "HELD_MOVES",
    "ITEM_MOVES",
    "OUT",
    "Alert",
    "Arrival",
    "Audience",
    "Circle",
    "CircleEntry",
    "CircleMember",
    "CircleMemberQuerySet",
    "CirclePhase",
    "CircleWords",
    "ClientTie",
    "CsafFile",
    "Dispatch",
    "FeedEvent",
    "Feedback",
    "HeldContent",
    "ItemChange",
    "ItemIndicator",
    "ItemProduct",
    "ItemQuerySet",
    "ItemSource",
    "ItemVersion",
    "ItemWeakness",
    "JointAction",
    "MailStop",
    "Newsletter",
    "Original",
    "Outlet",
    "OutletTelling",
    "Passing",
    "Preference",
    "Receipt",
    "Release",
    "SavedSearch",
    "SearchEntry",
    "ServedObject",
    "SharedItem",
    "Sighting",
    "Submission",
    "TaskUse",
    "Telling",
    "addressed",
]
