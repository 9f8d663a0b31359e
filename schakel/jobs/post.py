"""The outgoing post as a job: queued whenever something is handed over, and each minute for what became due."""

from procrastinate.contrib.django import app

from schakel.post import steps

RUN_SECONDS = 50  # Then the next job goes on, so that a worker that is told to stop need not wait long.


@app.task(name="post.deliver_due", queue="outgoing")
def deliver_due(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Deliver everything that is due."""
    steps.deliver_all(seconds=RUN_SECONDS)
