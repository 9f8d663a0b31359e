"""Who may receive what: the matrix of TLP 2.0 as a table, and what must hold whatever the table says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy import sharing
from schakel.policy.sharing import AgreementTerms, Basis, Refusal, Standing, Terms, Tlp, Way

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DAWN, DUSK = NOON - timedelta(days=700), NOON + timedelta(days=700)
LAW = Basis(slug="law", from_on=date(2026, 1, 1))

# FIRST, Traffic Light Protocol 2.0, section 4. An operator hears AMBER only where the source itself allows more than
# its label, which is asked apart (see below).
MATRIX = [
    #  label          affected  guardian  operator  public
    ("clear",         True,     True,     True,     True),
    ("green",         True,     True,     True,     False),
    ("amber",         True,     True,     True,     False),
    ("amber+strict",  True,     False,    False,    False),
    ("red",           False,    False,    False,    False),
]  # fmt: skip
CELLS = [(label, standing, passes) for label, *row in MATRIX for standing, passes in zip(Standing, row, strict=True)]

labels = st.sampled_from(Tlp)
standings = st.sampled_from(Standing)
ways = st.builds(
    Way,
    standing=standings,
    agreement=st.none() | st.just(Refusal.AGREEMENT_ENDED),
    has_channel=st.booleans(),
    is_encrypted=st.booleans(),
    is_verified=st.booleans(),
)
moments = st.datetimes(min_value=DAWN.replace(tzinfo=None), max_value=DUSK.replace(tzinfo=None), timezones=st.just(UTC))
terms = st.builds(
    Terms,
    tlp=labels.map(lambda label: label.value),
    holds_personal_data=st.booleans(),
    operator_allowed=st.booleans(),
    embargo_until=st.none() | moments,
)


def open_way(standing):
    """A way with nothing against it but its standing."""
    return Way(standing=standing, is_encrypted=True, is_verified=True)


def ask(tlp="green", *, way=None, basis=LAW, at=NOON, **more):
    return sharing.refusal(Terms(tlp=tlp, **more), way=way or open_way(Standing.GUARDIAN), basis=basis, at=at)


@pytest.mark.parametrize(("label", "standing", "passes"), CELLS)
def test_the_matrix_of_the_standard(label, standing, passes):
    refusal = ask(label, way=open_way(standing), operator_allowed=True)
    assert refusal == (None if passes else Refusal.TOO_WIDE)


@pytest.mark.parametrize(("label", "standing", "passes"), CELLS)
def test_what_a_reader_may_see_follows_the_same_matrix(label, standing, passes):
    assert (label in sharing.visible_labels(standing)) == passes


@pytest.mark.parametrize("label", Tlp)
@pytest.mark.parametrize("allowed", [True, False])
def test_an_operator_hears_nothing_that_the_source_keeps_from_operators(label, allowed):
    terms = Terms(tlp=label.value, operator_allowed=allowed)
    refusal = ask(label.value, way=open_way(Standing.OPERATOR), operator_allowed=allowed)
    assert sharing.operator_refusal(terms) == refusal
    assert (refusal is None) == (allowed and label in {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER})


def test_an_operator_hears_nothing_under_an_unknown_label():
    assert sharing.operator_refusal(Terms(tlp="purple", operator_allowed=True)) == Refusal.TOO_WIDE


def test_details_above_green_are_protected():
    assert sharing.protected_labels() == {"amber", "amber+strict", "red"}


@pytest.mark.parametrize("text", ["", "purple", "tlp:", "TLP:PURPLE", "redd", "amber+", "none"])
def test_an_unknown_label_is_refused(text):
    assert sharing.label(text) is None
    assert ask(text) == Refusal.UNKNOWN_LABEL


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("TLP:AMBER+STRICT", Tlp.AMBER_STRICT),
        ("tlp:amber-strict", Tlp.AMBER_STRICT),
        ("TLP: GREEN", Tlp.GREEN),
        (" red ", Tlp.RED),
        ("TLP:WHITE", Tlp.CLEAR),
        ("clear", Tlp.CLEAR),
    ],
)
def test_a_label_is_read_as_people_write_it(text, label):
    assert sharing.label(text) == label


@given(labels)
def test_a_label_reads_back_from_its_marking(label):
    assert sharing.label(label.marking) == label


@given(labels, labels, ways, terms)
def test_a_stricter_label_never_reaches_further(one, other, way, conditions):
    open_label, closed_label = sorted((one, other), key=list(Tlp).index)
    rest = {"holds_personal_data": conditions.holds_personal_data, "operator_allowed": True}
    if ask(closed_label.value, way=way, **rest) is None:
        assert ask(open_label.value, way=way, **rest) is None


@given(terms, ways, moments)
def test_nothing_passes_during_an_embargo(conditions, way, at):
    if conditions.embargo_until is not None and at < conditions.embargo_until:
        assert sharing.refusal(conditions, way=way, basis=LAW, at=at) == Refusal.EMBARGO


@given(terms, ways, moments)
def test_personal_data_never_passes_without_a_basis(conditions, way, at):
    if conditions.holds_personal_data:
        assert sharing.refusal(conditions, way=way, basis=None, at=at) is not None


@given(terms, ways, moments)
def test_a_way_without_a_channel_never_passes(conditions, way, at):
    closed = Way(way.standing, has_channel=False, is_encrypted=True, is_verified=True)
    assert sharing.refusal(conditions, way=closed, basis=LAW, at=at) is not None


@pytest.mark.parametrize(
    ("refusal", "asked"),
    [
        (Refusal.EMBARGO, {"embargo_until": NOON + timedelta(seconds=1)}),
        (None, {"embargo_until": NOON}),
        (Refusal.SOURCE_TERMS, {"way": open_way(Standing.OPERATOR)}),
        (None, {"way": open_way(Standing.OPERATOR), "operator_allowed": True}),
        (Refusal.NO_LEGAL_BASIS, {"basis": None}),
        (None, {"basis": None, "holds_personal_data": False}),
        (Refusal.NO_AGREEMENT, {"way": Way(Standing.GUARDIAN, agreement=Refusal.NO_AGREEMENT)}),
        (Refusal.NO_CHANNEL, {"way": Way(Standing.GUARDIAN, has_channel=False)}),
        (None, {"way": Way(Standing.GUARDIAN)}),
        (Refusal.UNPROTECTED, {"tlp": "amber", "way": Way(Standing.GUARDIAN)}),
        (None, {"tlp": "amber", "way": Way(Standing.GUARDIAN, is_encrypted=True)}),
        (None, {"tlp": "amber", "way": Way(Standing.GUARDIAN, is_verified=True)}),
        (None, {"tlp": "amber", "way": Way(Standing.GUARDIAN), "holds_personal_data": False}),
    ],
)
def test_each_reason_is_given_where_it_is_due(refusal, asked):
    assert ask(**asked) == refusal


@pytest.mark.parametrize(
    ("day", "until_on", "holds"),
    [
        (date(2025, 12, 31), None, False),
        (date(2026, 1, 1), None, True),
        (date(2026, 6, 30), date(2026, 7, 1), True),
        (date(2026, 7, 1), date(2026, 7, 1), False),
    ],
)
def test_a_basis_runs_from_its_first_day_up_to_its_end(day, until_on, holds):
    assert Basis("law", date(2026, 1, 1), until_on).in_force(day) is holds


@pytest.mark.parametrize(
    ("label", "source", "is_wider"),
    [
        (Tlp.CLEAR, Tlp.GREEN, True),
        (Tlp.GREEN, Tlp.GREEN, False),
        (Tlp.RED, Tlp.GREEN, False),
        (Tlp.RED, None, True),  # An unknown label of the source: whatever we chose might be wider.
        (Tlp.AMBER, Tlp.AMBER_STRICT, True),
    ],
)
def test_only_the_source_may_widen_its_label(label, source, is_wider):
    assert sharing.is_wider(label, than=source) is is_wider


DAY = date(2026, 11, 2)


def promised(state="signed", functions=("notification",), from_on=date(2026, 1, 1), until_on=date(2027, 1, 1)):
    return AgreementTerms(state, frozenset(functions), from_on, until_on)


@pytest.mark.parametrize(
    ("agreements", "refusal"),
    [
        ([], Refusal.NO_AGREEMENT),
        ([promised()], None),
        ([promised(until_on=None)], None),
        ([promised("draft")], Refusal.NO_AGREEMENT),
        ([promised("offered")], Refusal.NO_AGREEMENT),
        ([promised("torn")], Refusal.NO_AGREEMENT),
        ([promised("ended")], Refusal.AGREEMENT_ENDED),
        ([promised("suspended")], Refusal.AGREEMENT_SUSPENDED),
        ([promised(functions=("knowledge",))], Refusal.FUNCTION_NOT_COVERED),
        ([promised("suspended", ("knowledge",))], Refusal.FUNCTION_NOT_COVERED),
        ([promised(from_on=DAY)], None),
        ([promised(from_on=DAY + timedelta(days=1))], Refusal.AGREEMENT_NOT_BEGUN),
        ([promised(until_on=DAY)], Refusal.AGREEMENT_ENDED),
        ([promised(until_on=DAY + timedelta(days=1))], None),
        ([promised("ended"), promised()], None),
        ([promised("ended"), promised("suspended")], Refusal.AGREEMENT_SUSPENDED),
        ([promised(from_on=date(2027, 1, 1), until_on=None), promised("ended")], Refusal.AGREEMENT_NOT_BEGUN),
    ],
)
def test_an_agreement_carries_a_function_while_it_runs(agreements, refusal):
    assert sharing.agreement_refusal(agreements, function="notification", day=DAY) == refusal


@given(st.lists(st.builds(promised, state=st.sampled_from(["draft", "offered", "signed", "suspended", "ended"]))))
def test_what_is_not_signed_carries_nothing(agreements):
    is_carried = sharing.agreement_refusal(agreements, function="notification", day=DAY) is None
    assert is_carried == any(one.state == "signed" for one in agreements)


@pytest.mark.parametrize(
    ("basis", "personal", "refusal"),
    [
        (None, False, Refusal.NO_LEGAL_BASIS),
        (Basis("a", date(2026, 11, 2)), True, None),
        (Basis("a", date(2026, 11, 3)), False, Refusal.BASIS_NOT_BEGUN),
        (Basis("a", date(2026, 1, 1), date(2026, 11, 2)), False, Refusal.BASIS_ENDED),
        (Basis("a", date(2026, 1, 1), date(2026, 11, 3)), False, None),
        (Basis("a", date(2026, 1, 1), allows_personal_data=False), True, Refusal.BASIS_WITHOUT_PERSONAL_DATA),
        (Basis("a", date(2026, 1, 1), allows_personal_data=False), False, None),
    ],
)
def test_a_basis_is_a_ground_while_it_is_in_force(basis, personal, refusal):
    assert sharing.basis_refusal(basis, day=DAY, holds_personal_data=personal) == refusal


@pytest.mark.parametrize(
    ("whole", "parts", "label"),
    [
        (None, [], None),
        ("green", [], "green"),
        ("green", ["clear", "red"], "red"),
        ("amber", ["green"], "amber"),
        (None, ["clear", "green"], None),
        (None, ["green", "amber"], "amber"),
        (None, ["amber+strict"], "amber+strict"),
    ],
)
def test_a_whole_is_as_closed_as_its_most_closed_part(whole, parts, label):
    found = sharing.of_parts([Tlp(part) for part in parts], whole=Tlp(whole) if whole else None)
    assert found == (Tlp(label) if label else None)
