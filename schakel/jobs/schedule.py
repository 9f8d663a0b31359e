"""Every job, and when the periodic ones run. The worker imports this module; a new module of jobs is named here."""

from procrastinate.contrib.django import app

from schakel.jobs import post

EACH_MINUTE = "* * * * *"
PERIODIC = [
    (EACH_MINUTE, post.deliver_due),
]

for cron, job in PERIODIC:
    app.periodic(cron=cron, queueing_lock=job.name)(job)
