from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schakel.notices import links
from schakel.notices.models import NoticeState
from tests.cast import NOON
from tests.telling import report_of, tell

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:. =%"


@pytest.fixture
def notice(country):
    return tell(report_of(), country.harbour)


def test_a_link_opens_its_notice(notice):
    assert links.notice_of(links.token_of(notice), at=NOON) == notice
    assert links.url_of(notice).endswith(links.token_of(notice))


def test_a_link_is_the_same_each_time(notice):
    assert links.token_of(notice) == links.token_of(type(notice).objects.get(pk=notice.pk))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(choice=st.data())
def test_a_change_of_any_character_opens_nothing(notice, choice):
    token = links.token_of(notice)
    place = choice.draw(st.integers(0, len(token) - 1))
    other = choice.draw(st.sampled_from([one for one in ALPHABET if one != token[place]]))
    assert links.notice_of(token[:place] + other + token[place + 1 :], at=NOON) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=200))
def test_no_text_of_chance_opens_anything(notice, text):
    assert links.notice_of(text, at=NOON) is None
    assert links.notice_of(links.token_of(notice) + text + "x", at=NOON) is None


@pytest.mark.parametrize("state", [NoticeState.GATHERING, NoticeState.READY, NoticeState.WITHDRAWN])
def test_a_notice_that_was_not_sent_cannot_be_opened(country, state):
    notice = tell(report_of(), country.harbour, state=state)
    assert links.notice_of(links.token_of(notice), at=NOON) is None


def test_a_link_expires(notice, settings):
    settings.LINK_DAYS = 90
    token = links.token_of(notice)
    assert links.notice_of(token, at=NOON + timedelta(days=90) - timedelta(seconds=1)) == notice
    assert links.notice_of(token, at=NOON + timedelta(days=90)) is None


def test_a_revoked_link_opens_nothing(notice):
    type(notice).objects.update(link_revoked_at=NOON)
    assert links.notice_of(links.token_of(notice), at=NOON) is None


def test_a_link_signed_for_another_purpose_opens_nothing(notice):
    from django.core import signing

    assert links.notice_of(signing.Signer(salt="else").sign_object([notice.pk, 0]), at=NOON) is None
    for content in ("text", [1], {"a": 1}, [notice.pk, 0], [None, None]):
        assert links.notice_of(signing.Signer(salt=links.SALT).sign_object(content), at=NOON) is None
