"""A collection as an iCalendar file (RFC 5545)."""

from datetime import UTC

from marketplace.kernel.clock import moment

STAMP = "%Y%m%dT%H%M%SZ"
LONGEST_LINE = 75  # octets, the line break apart


def event(order, *, address):
    """The file as text with CRLF line ends; times in UTC, so that no time zone need be described."""
    on = order.round.hands_over_on
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Spichlerz//PL",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{order.number}@spichlerz",
        f"DTSTAMP:{order.placed_at.astimezone(UTC).strftime(STAMP)}",
        f"DTSTART:{moment(on, order.slot.starts).strftime(STAMP)}",
        f"DTEND:{moment(on, order.slot.ends).strftime(STAMP)}",
        f"SUMMARY:{_escaped(f'Spichlerz: odbiór {order.number}')}",
        f"LOCATION:{_escaped(f'{order.place.name}, {order.place.address}')}",
        f"URL:{address}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text):
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")


def _folded(line):
    """Long lines are continued by a space, and never cut inside a letter."""
    parts, now = [], ""
    for letter in line:
        if len((now + letter).encode()) > LONGEST_LINE - 1:
            parts.append(now)
            now = ""
        now += letter
    return "\r\n ".join([*parts, now])
