"""Charts as inline SVG, drawn by the server: they print, need no script, and stand beside a table of the same."""

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()

WIDTH, HEIGHT, MARGIN = 640, 180, 34


@register.simple_tag
def day_line(points, limit, label):
    """A line over the 24 hours of a day. `points` are (hour as a number, value, is bad); `limit` is drawn across."""
    values = [value for _hour, value, _bad in points] + [limit]
    low, high = min(values) - 10, max(values) + 10

    def x(hour):
        return round(MARGIN + (WIDTH - MARGIN - 8) * hour / 24, 1)

    def y(value):
        return round(8 + (HEIGHT - MARGIN) * (high - value) / (high - low), 1)

    hours = format_html_join(
        "", '<text x="{}" y="{}">{}</text>', ((x(hour), HEIGHT - 6, hour) for hour in range(0, 25, 6))
    )
    dots = format_html_join(
        "",
        '<circle class="{}" cx="{}" cy="{}" r="5"></circle>',
        (("chart-bad" if bad else "chart-dot", x(hour), y(value)) for hour, value, bad in points),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<line class="chart-limit" x1="{}" x2="{}" y1="{}" y2="{}"></line><text x="0" y="{}">{}</text>'
        '<polyline class="chart-line" points="{}"></polyline>{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        MARGIN,
        WIDTH,
        y(limit),
        y(limit),
        y(limit) + 5,
        f"{limit / 10:.0f}°".replace("-", "−"),
        " ".join(f"{x(hour)},{y(value)}" for hour, value, _bad in points),
        dots,
        hours,
    )
