"""What the API says of the network, of a board and of dead jobs."""

from distribution.queries import network


def trip(row, now):
    return {
        "id": row.pk,
        "from_centre": row.from_centre.code,
        "to_centre": row.to_centre.code,
        "state": row.state.lower(),
        "mood": network.mood(row, now),
        "departs_at": row.departs_at.isoformat(),
        "arrives_at": row.arrives_at.isoformat(),
        "planned_arrives_at": row.planned_arrives_at.isoformat(),
        "is_late": row.is_late,
    }


def overview(found, now):
    moods = [network.mood(row, now) for row in found.trips]
    return {
        "trips": {mood: moods.count(mood) for mood in network.MOODS},
        "ageing": [trip(row, now) for row in found.ageing],
        "centres": [
            {"code": row.code, "open": row.open, "late": row.late, "crates_coming": row.coming}
            for row in found.centres
        ],
    }


def board(found):
    return {
        "deadline": deadline(found.deadline) if found.deadline else None,
        "later": [deadline(one) for one in found.later],
        "arrivals_today": len(found.arrivals),
        "arrivals_late": found.arrivals_late,
        "to_pick": found.counts.to_pick,
        "to_pack": found.counts.to_pack,
        "tasks_late": found.counts.late,
        "ready": found.counts.ready,
        "uncollected": found.counts.uncollected,
        "short_lines": found.counts.short,
        "expired": found.counts.expired,
        "dead_jobs": found.counts.dead_jobs,
        "expiring": {
            "days_2": {"rows": found.soon.rows, "value": str(found.soon.value)},
            "days_7": {"rows": found.week.rows, "value": str(found.week.value)},
        },
        "rooms": [
            {"temperature": row.temperature, "slots": row.slots, "used": row.used} for row in found.rooms
        ],
        "waves": [wave(row) for row in found.waves],
        "people": [
            {
                "task": task.pk,
                "kind": task.kind.lower(),
                "who": task.taken_by.label,
                "since": task.since and task.since.isoformat(),
            }
            for task in found.people
        ],
    }


def deadline(one):
    return {
        "at": one.at.isoformat(),
        "trip": one.trip and one.trip.pk,
        "round": one.round and one.round.pk,
        "blocks": [
            {"what": block.what, "count": block.count, "since": block.since and block.since.isoformat()}
            for block in one.blocks
        ],
    }


def wave(row):
    return {
        "trip": row.trip,
        "round": row.round,
        "temperature": row.temperature,
        "parts": row.progress.parts,
        "picked": row.progress.picked,
        "packed": row.progress.packed,
    }


def job(row):
    return {
        "id": row.pk,
        "kind": row.kind,
        "attempts": row.attempts,
        "error": row.error,
        "dead_at": row.dead_at.isoformat(),
        "times_retried": row.times_retried,
    }
