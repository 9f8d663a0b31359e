"""Every job, and when the periodic ones run. The worker imports this module; a new module of jobs is named here."""

from procrastinate.contrib.django import app

from schakel.jobs import (
    circles,
    claims,
    collaboration,
    csaf,
    intake,
    joining,
    misp,
    notices,
    oversight,
    people,
    post,
    registry,
    serving,
    sharing,
    sharing_in,
)

EACH_MINUTE = "* * * * *"
FIVE_MINUTES = "*/5 * * * *"
EACH_HOUR = "7 * * * *"
EACH_MORNING = "10 5 * * *"
AFTER_MIDNIGHT = "20 0 * * *"
EACH_NIGHT = "40 3 * * *"
MONDAY_MORNING = "30 7 * * 1"
PERIODIC = [
    (EACH_MINUTE, intake.resume),
    (EACH_MINUTE, notices.send),
    (EACH_MINUTE, post.deliver_due),
    (EACH_MINUTE, misp.make_feed),
    (FIVE_MINUTES, sharing_in.fetch),
    (EACH_MINUTE, misp.tell_outlets),
    (EACH_MINUTE, csaf.make_csaf),
    (FIVE_MINUTES, notices.remind_silent),
    (FIVE_MINUTES, claims.check_claims),
    (EACH_HOUR, claims.expire_claims),
    (EACH_HOUR, claims.ask_contacts),
    (FIVE_MINUTES, oversight.refresh),
    (EACH_MORNING, registry.raise_signals),
    (EACH_NIGHT, registry.find_duplicates),
    (FIVE_MINUTES, oversight.count_coverage),
    (EACH_NIGHT, oversight.count_coverage_whole),
    (FIVE_MINUTES, notices.match_again),
    (FIVE_MINUTES, notices.make_concordances),
    (EACH_NIGHT, notices.match_again_daily),
    (AFTER_MIDNIGHT, joining.look_after),
    (MONDAY_MORNING, collaboration.remind),
    (FIVE_MINUTES, sharing.tell_left),
    (FIVE_MINUTES, sharing.send_digests),
    (FIVE_MINUTES, sharing.note_expired),
    (FIVE_MINUTES, sharing.alert_at_once),
    (EACH_HOUR, sharing.alert_daily),
    (EACH_MORNING, sharing.tell_authors),
]
OTHERS = (people.close_partner, serving.serve, circles.reseal)
"""Jobs that only others queue, in modules that have no periodic one."""

for cron, job in PERIODIC:
    app.periodic(cron=cron, queueing_lock=job.name)(job)
