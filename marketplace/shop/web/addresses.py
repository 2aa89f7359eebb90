"""Addresses of lists: the same query with one filter more, less, or another page."""

from urllib.parse import urlencode


def with_query(path, pairs):
    return f"{path}?{urlencode(pairs)}" if pairs else path


def pairs_of(request, names):
    """The (name, value) pairs of the query that are known and not empty, each once; commas part values."""
    pairs = []
    for name in names:
        for text in request.GET.getlist(name):
            values = [text] if name == "q" else text.split(",")
            pairs += [(name, value.strip()[:100]) for value in values if value.strip()]
    return list(dict.fromkeys(pairs))


def without(pairs, *unwanted):
    """The pairs without one of them, or without all of a name."""
    return [pair for pair in pairs if pair not in unwanted and pair[0] not in unwanted]


def page_links(path, pairs, found):
    """Addresses of the neighbours of a kernel Page, empty where there is none."""
    return {
        "previous": with_query(path, [*pairs, ("cursor", found.previous)]) if found.previous else "",
        "next": with_query(path, [*pairs, ("cursor", found.next)]) if found.next else "",
    }


def choices(pairs, name, labelled):
    """For <c-filter-group>: (value, label) pairs with those chosen marked."""
    chosen = {value for key, value in pairs if key == name}
    return [{"value": value, "label": label, "checked": value in chosen} for value, label in labelled]


def chips(path, pairs, labels, *, kept=()):
    """For <c-chips>: each chosen filter and the list without it. `labels` maps (name, value) or name to text;
    `kept` pairs stay in every address."""
    made = []
    for pair in pairs:
        label = labels.get(pair) or labels.get(pair[0], "{}").format(pair[1])
        made.append({"label": label, "url": with_query(path, [*without(pairs, pair), *kept])})
    return made
