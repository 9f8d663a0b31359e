"""The queue: a job commits with the rows that it is about."""

from django.db import transaction
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
