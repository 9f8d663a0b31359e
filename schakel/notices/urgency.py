"""How long things may wait: by severity, and shorter as the network warms."""

from datetime import datetime, timedelta

from schakel.notices.models import Phase, Severity

# A window gathers what belongs together before a notice goes; what is grave goes at once.
WINDOWS: dict[Severity, timedelta] = {
    Severity.CRITICAL: timedelta(0),
    Severity.HIGH: timedelta(0),
    Severity.MEDIUM: timedelta(minutes=30),
    Severity.LOW: timedelta(hours=12),
    Severity.INFO: timedelta(hours=24),
}
# Without an answer in this time comes a reminder, and after as long again the next way is tried.
PATIENCE: dict[Severity, timedelta] = {
    Severity.CRITICAL: timedelta(days=1),
    Severity.HIGH: timedelta(days=3),
    Severity.MEDIUM: timedelta(days=7),
    Severity.LOW: timedelta(days=21),
    Severity.INFO: timedelta(days=90),
}
HASTE: dict[Phase, float] = {Phase.COLD: 1.0, Phase.LUKEWARM: 0.5, Phase.WARM: 0.25}


def window(severity: int, phase: Phase) -> timedelta:
    """How long a notice of that severity gathers before it is ready."""
    return WINDOWS[Severity(severity)] * HASTE[phase]


def patience(severity: int, phase: Phase) -> timedelta:
    """How long an answer to a notice of that severity may take."""
    return PATIENCE[Severity(severity)] * HASTE[phase]


def remind_at(severity: int, phase: Phase, *, sent_at: datetime) -> datetime:
    """When the next step is due if nobody answers."""
    return sent_at + patience(severity, phase)
