"""Celery's doors of this package."""

from celery import shared_task
from django.utils import timezone

from distribution.operations import quotas, timetable


@shared_task(name="distribution.plan_trips")
def plan_trips() -> None:
    """Asks for today's planning of trips; once a day it is done, however often it is asked."""
    timetable.ask_for_planning(at=timezone.now())


@shared_task(name="distribution.flow_back")
def flow_back() -> None:
    """Frees what channels have not bought by their hour."""
    quotas.flow_back(at=timezone.now())
