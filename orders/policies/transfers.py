"""When a bank transfer may be chosen."""

from datetime import date

from marketplace.kernel.clock import working_days_between


def comes_in_time(*, today: date, closes_on: date, working_days: int) -> bool:
    """A transfer needs this many working days after `today`, up to and including the day orders close."""
    return working_days_between(today, closes_on) >= working_days
