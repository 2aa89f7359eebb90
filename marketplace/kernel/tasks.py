"""Celery's doors into the job table."""

from celery import shared_task

from marketplace.kernel import worker


@shared_task(name="kernel.run_job")
def run_job(pk: int) -> bool:
    return worker.run(pk)


@shared_task(name="kernel.sweep")
def sweep() -> int:
    return worker.sweep()
