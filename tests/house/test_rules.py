"""Every rule holds in the whole house; and each has a sample that it lets pass and samples that it catches."""

import pytest

from tests.house import rules
from tests.house.sources import module, modules

RULES = (
    rules.doors_write_nothing,
    rules.actions_say_who_and_when,
    rules.only_policy_judges_labels,
    rules.former_status_decides_nothing,
    rules.sizes_hold,
    rules.names_say_something,
    rules.imports_name_the_whole_way,
    rules.modules_say_why,
    rules.tags_are_written_out,
)
WEB, ACTIONS, STEP = "schakel/web/x.py", "schakel/notices/actions.py", "schakel/notices/steps/x.py"
PASS = [
    (rules.doors_write_nothing, WEB, "actions.send(notice=n, by=by, at=at)\nquery = {}\nquery.update(page=2)"),
    (rules.doors_write_nothing, WEB, "request.session.save()\ncache.delete('k')"),
    (rules.doors_write_nothing, STEP, "Notice.objects.create(kind='x')"),
    (rules.actions_say_who_and_when, ACTIONS, "def send(*, notice, by, at): notice.save()"),
    (rules.actions_say_who_and_when, ACTIONS, "def head(): return Event.objects.first()"),
    (rules.actions_say_who_and_when, ACTIONS, "def _move(row): row.save()"),
    (rules.only_policy_judges_labels, STEP, "tlp = models.TextField(default=Tlp.AMBER.value)"),
    (rules.only_policy_judges_labels, STEP, "Finding.objects.filter(tlp__in=labels)"),
    (rules.only_policy_judges_labels, "schakel/policy/x.py", "tlp == Tlp.RED"),
    (rules.former_status_decides_nothing, STEP, "if partner.standing == 'partner': pass"),
    (rules.former_status_decides_nothing, "schakel/registry/x.py", "partner.legacy"),
    (rules.former_status_decides_nothing, STEP, "step['legacy_version']"),
    (rules.sizes_hold, STEP, "def f():\n" + "    x = 1\n" * 59),
    (rules.names_say_something, STEP, "class NoticeQuerySet: pass\ndef domain(): pass"),
    (rules.imports_name_the_whole_way, STEP, "from schakel.notices import models"),
    (rules.modules_say_why, STEP, '"""Why."""\nx = 1'),
    (rules.modules_say_why, STEP, ""),
    (rules.tags_are_written_out, STEP, "record('notices.notice.sent', by=by, at=at)"),
    (rules.tags_are_written_out, STEP, "record('a.b.made' if new else 'a.b.changed', by=by, at=at)"),
]
FAIL = [
    (rules.doors_write_nothing, WEB, "Notice.objects.create(kind='x')"),
    (rules.doors_write_nothing, WEB, "notice.save()"),
    (rules.doors_write_nothing, "schakel/jobs/x.py", "Notice.objects.filter(pk=1).update(state='sent')"),
    (rules.doors_write_nothing, "schakel/api/x.py", "Notice.objects.update(state='sent')"),
    (rules.doors_write_nothing, "schakel/commands/x.py", "Notice.objects.all().delete()"),
    (rules.actions_say_who_and_when, ACTIONS, "def send(*, notice, at): notice.save()"),
    (rules.actions_say_who_and_when, ACTIONS, "@transaction.atomic\ndef send(notice, by, at): pass"),
    (rules.actions_say_who_and_when, ACTIONS, "def send(*, n): Notice.objects.filter(pk=n).update(state='sent')"),
    (rules.only_policy_judges_labels, STEP, "if tlp == Tlp.RED: pass"),
    (rules.only_policy_judges_labels, STEP, "if tlp in {sharing.Tlp.RED, sharing.Tlp.AMBER}: pass"),
    (rules.only_policy_judges_labels, STEP, "if notice.tlp == 'amber+strict': pass"),
    (rules.only_policy_judges_labels, STEP, "match tlp:\n    case Tlp.RED: pass"),
    (rules.only_policy_judges_labels, STEP, "Finding.objects.filter(tlp__in=['green'])"),
    (rules.former_status_decides_nothing, STEP, "if partner.legacy: pass"),
    (rules.former_status_decides_nothing, "schakel/policy/x.py", "Way(legacy=True)"),
    (rules.former_status_decides_nothing, STEP, "Partner.objects.values_list('legacy_until_on')"),
    (rules.sizes_hold, STEP, "def f():\n" + "    x = 1\n" * 60),
    (rules.sizes_hold, STEP, "x = 1\n" * 501),
    (rules.names_say_something, "schakel/notices/utils.py", ""),
    (rules.names_say_something, STEP, "class NoticeService: pass"),
    (rules.names_say_something, STEP, "def do_send(): pass"),
    (rules.names_say_something, STEP, "def process(): pass"),
    (rules.imports_name_the_whole_way, STEP, "from . import models"),
    (rules.imports_name_the_whole_way, STEP, "from ..kit import states"),
    (rules.modules_say_why, STEP, "x = 1"),
    (rules.tags_are_written_out, STEP, "record(f'notices.{noun}.sent', by=by, at=at)"),
    (rules.tags_are_written_out, STEP, "record('sent', by=by, at=at)"),
    (rules.tags_are_written_out, STEP, "record('a.b.made' if new else tag, by=by, at=at)"),
]


def named(value):
    return value.__name__ if callable(value) else ""


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_the_house_keeps_the_rule(rule):
    flaws = [flaw for one in modules() for flaw in rule(one)]
    assert not flaws, "\n".join(["", *flaws])


@pytest.mark.parametrize(("rule", "path", "text"), PASS, ids=named)
def test_the_rule_lets_good_lines_pass(rule, path, text):
    assert list(rule(module(path, text))) == []


@pytest.mark.parametrize(("rule", "path", "text"), FAIL, ids=named)
def test_the_rule_catches_bad_lines(rule, path, text):
    assert len(list(rule(module(path, text)))) == 1


def test_every_rule_has_samples_of_both_kinds():
    assert {rule for rule, *_ in PASS} == {rule for rule, *_ in FAIL} == set(RULES)


def test_there_are_modules_to_look_at():
    assert len(modules()) > 40
