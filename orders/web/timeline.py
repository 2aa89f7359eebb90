"""An order's history as the buyer follows it: what happened, what goes on, what comes next."""

from datetime import timedelta

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from distribution.states import FulfilmentState
from marketplace.kernel import polish
from marketplace.kernel.clock import local_date
from orders.states import OrderState

STEPS = (OrderState.PLACED, OrderState.PREPARING, OrderState.READY, OrderState.COLLECTED)
ENDS = {OrderState.CANCELLED, OrderState.EXPIRED, OrderState.UNCOLLECTED}


def timeline(order, steps, now):
    """Events for <c-timeline>: done ones with their moment, the one under way, and those ahead; between them what
    rides from other centres."""
    language = get_language() or "pl"
    at = {event.new: polish.moment(event.at, language) for event in order.events.all()}
    if order.state in ENDS:
        return [*_done(at), *_short(order, steps), _end(order, at)]
    reached = STEPS.index(order.state) if order.state in STEPS else -1
    events = [_waiting(order, language)] if order.state == OrderState.UNCONFIRMED else []
    for n, state in enumerate(STEPS):
        finished = n < reached or (n == reached and state == OrderState.COLLECTED)
        mood = "done" if finished else "now" if n == reached else "next"
        events.append({"state": mood, "title": _title(state), "at": at.get(state) or _ahead(order, state)})
        if state == OrderState.PREPARING:
            events[-1]["note"] = _packed(steps) if n == reached else ""
            events += _journeys(steps, now, language)
            events += _short(order, steps)
    return events


def _journeys(steps, now, language):
    """Two parts that ride the same way at the same time are one event to the buyer."""
    events = []
    for one in steps.journeys:
        event = _journey(one, now, language)
        if event not in events:
            events.append(event)
    return events


def _journey(one, now, language):
    """A part of the order that is made at another centre, as far as it is."""
    where = {"centre": one.origin}
    if one.state == FulfilmentState.IN_TRANSIT:
        at = _("będzie %s") % _when(one.arrives_at, now, language) if one.arrives_at else ""
        return {"state": "now", "title": _("Jedzie z: %(centre)s") % where, "at": at}
    if one.state in {FulfilmentState.RELEASED, FulfilmentState.PICKED, FulfilmentState.TO_LOAD}:
        at = _("kurs %s") % _when(one.departs_at, now, language) if one.departs_at else ""
        is_packed = one.state == FulfilmentState.TO_LOAD
        title = _("Czeka na kurs w: %(centre)s") if is_packed else _("Przygotowuje: %(centre)s")
        return {"state": "now", "title": title % where, "at": at}
    return {"state": "done", "title": _("Przyjechało z: %(centre)s") % where, "at": ""}


def _when(at, now, language):
    """'dziś, 18.00', 'jutro, 6.30', else the day in full."""
    days = local_date(at) - local_date(now)
    hour = polish.clock(at.astimezone(polish.WARSAW).time(), language)
    if not days:
        return _("dziś, %s") % hour
    return _("jutro, %s") % hour if days == timedelta(days=1) else polish.moment(at, language)


def _done(at):
    return [{"state": "done", "title": _title(state), "at": at[state]} for state in STEPS if state in at]


def _end(order, at):
    titles = {
        OrderState.CANCELLED: _("Anulowane"),
        OrderState.EXPIRED: _("Wygasło, towar wrócił do sprzedaży"),
        OrderState.UNCOLLECTED: _("Nieodebrane. Zadzwoń do centrum."),
    }
    return {"state": "bad", "title": titles[order.state], "at": at.get(order.state, "")}


def _waiting(order, language):
    return {
        "state": "now",
        "title": _("Czeka na potwierdzenie z poczty"),
        "at": _("do: %s") % polish.moment(order.expires_at, language),
    }


def _short(order, steps):
    names = {line.position: line.name for line in order.lines.all()}
    language = get_language() or "pl"
    return [
        {
            "state": "bad",
            "title": _("Zabrakło: %s") % names.get(line, ""),
            "at": polish.moment(at, language),
            "note": ngettext(
                "%(n)s sztuka, nie zapłacisz za nią.", "%(n)s szt., nie zapłacisz za nie.", pieces
            )
            % {"n": pieces},
        }
        for line, pieces, at in steps.shortages
    ]


def _packed(steps):
    if steps.parts == 0:
        return ""
    return _("Zebrane części: %(done)s z %(all)s.") % {"done": steps.picked, "all": steps.parts}


def _title(state):
    return {
        OrderState.PLACED: _("Zamówienie przyjęte"),
        OrderState.PREPARING: _("W przygotowaniu w centrum"),
        OrderState.READY: _("Gotowe do odbioru"),
        OrderState.COLLECTED: _("Odebrane"),
    }[state]


def _ahead(order, state):
    language = get_language() or "pl"
    if state == OrderState.PREPARING:
        return _("po zamknięciu tury: %s") % polish.moment(order.round.orders_close_at, language)
    if state == OrderState.READY:
        return polish.day(order.round.hands_over_on, language)
    if state == OrderState.COLLECTED:
        return polish.span(order.slot.starts, order.slot.ends, language)
    return ""
