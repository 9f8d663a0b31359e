"""The shapes of an explanation: one notice's chain, from the row in a report to the answer. Plain values only."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a report, as it was sent, and by which asset it was recognised. `line` is counted from 1."""

    line: int
    observed_at: datetime | None
    address: str
    host: str
    asset: str
    basis: str
    finding: str
    weakness: str
    source_row: str

    @property
    def asset_name(self) -> str:
        """The asset as people write it; '' when it has gone."""
        return f"AS{self.asset}" if self.asset and self.basis == "asn" else self.asset


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way that was tried. `refusal` is a code of the policy or of the route step; empty where it passed."""

    via: str
    name: str
    refusal: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One finding that the notice tells of."""

    id: int
    asset: str
    weakness: str
    severity: int
    state: str
    first_seen_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Leg:
    """What one report opened at one organisation: rows, findings, and the ways that were tried."""

    route_id: int
    report_id: int
    report: str
    source: str
    received_at: datetime
    organisation_id: int
    organisation: str
    via: str
    basis: str
    occasion: str
    findings_count: int
    candidates: tuple[Candidate, ...]
    hidden_count: int  # Candidates whose names are not for this reader.
    findings: tuple[Told, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt to send."""

    started_at: datetime
    ended_at: datetime | None
    is_success: bool | None
    reply: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The message as sent."""

    id: int
    channel: str
    address: str
    message_id: str
    subject: str
    body: str
    state: str
    failure: str
    sent_at: datetime | None
    attempts: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """One answer."""

    id: int
    answer: str
    due_on: date | None
    words: str
    at: datetime
    given_by: str
    findings_count: int
    handled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The chain of one notice; `legs` are some of `legs_count`; after route `next_after` there are more."""

    notice_id: int
    kind: str
    recipient: str
    via: str
    tlp: str
    language: str
    state: str
    made_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    legs_count: int
    next_after: int | None
    legs: tuple[Leg, ...]
    delivery: Sent | None
    answers: tuple[Given, ...]
