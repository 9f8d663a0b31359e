"""The queue: a job commits with the rows that it is about."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from schakel.kit.queue import later


def waiting():
    return ProcrastinateJob.objects.filter(task_name="tests.count")


def test_a_job_waits_with_its_arguments(db):
    later("tests.count", queue="outgoing", number=3)
    job = waiting().get()
    assert (job.queue_name, job.args, job.status) == ("outgoing", {"number": 3}, "todo")


def test_a_job_goes_with_the_transaction_that_queued_it(db):
    with transaction.atomic():
        later("tests.count", number=3)
        transaction.set_rollback(True)
    assert not waiting().exists()


def test_once_means_that_one_waiting_job_is_enough(db):
    for number in range(3):
        later("tests.count", once="count", number=number)
    assert [job.args for job in waiting()] == [{"number": 0}]


@pytest.mark.parametrize("name", ["one", "two"])
def test_once_leaves_the_transaction_usable(db, name):
    later("tests.count", once=name)
    later("tests.count", once=name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_a_job_may_be_told_to_wait(db):
    later("tests.count", once="count", wait_seconds=60)
    later("tests.count", once="count", wait_seconds=60)
    job = waiting().get()
    assert job.scheduled_at > timezone.now() + timedelta(seconds=50)
