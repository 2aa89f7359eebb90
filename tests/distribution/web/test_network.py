"""The network view: who sees it, what it says of each trip, on the map and in the table."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.utils import timezone

from distribution.models import Trip
from distribution.policies.network_map import Arc, Dot, network_map
from distribution.queries import network
from marketplace.kernel.clock import local_date
from producers.models import Cluster, ClusterRole
from producers.policies.poland import project
from tests.factories import CentreFactory, StaffFactory, UserFactory
from tests.factories.network import TripFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def ends():
    return CentreFactory(code="GDA", latitude=54.35, longitude=18.65), CentreFactory(
        code="RZE", latitude=50.04, longitude=22.0
    )


def trip(ends, *, departs, arrives, planned=None, **more):
    return TripFactory(
        from_centre=ends[0],
        to_centre=ends[1],
        departs_on=local_date(departs),
        planned_departs_at=departs,
        planned_arrives_at=planned or arrives,
        departs_at=departs,
        arrives_at=arrives,
        cutoff_at=departs - HOUR,
        **more,
    )


@pytest.fixture
def every_mood(ends):
    """One trip of each, the name of its mood by its id."""
    gone = {"departed_at": NOW - 3 * HOUR}
    return {
        trip(ends, departs=NOW + HOUR, arrives=NOW + 3 * HOUR).pk: "planned",
        trip(ends, departs=NOW - 3 * HOUR, arrives=NOW + HOUR, state="DEPARTED", **gone).pk: "moving",
        trip(ends, departs=NOW + 2 * HOUR, arrives=NOW + 6 * HOUR, planned=NOW + 5 * HOUR).pk: "late",
        trip(ends, departs=NOW - 4 * HOUR, arrives=NOW - HOUR, state="DEPARTED", **gone).pk: "overdue",
        trip(ends, departs=NOW - 2 * HOUR, arrives=NOW + 2 * HOUR).pk: "overdue",
        trip(ends, departs=NOW + 4 * HOUR, arrives=NOW + 5 * HOUR, state="CANCELLED").pk: "cancelled",
        trip(
            ends,
            departs=NOW - 6 * HOUR,
            arrives=NOW - 5 * HOUR,
            state="CLOSED",
            arrived_at=NOW - 5 * HOUR,
            **gone,
        ).pk: "done",
    }


def test_mood_in_python_and_in_sql_are_the_same(every_mood):
    rows = network.trips(at=NOW)
    assert {row.pk: network.mood(row, NOW) for row in rows} == every_mood
    for mood in network.MOODS:
        found = network.trips(at=NOW, narrowed=network.Filter(mood=mood))
        assert {row.pk for row in found} == {pk for pk, name in every_mood.items() if name == mood}


def test_list_is_of_today_and_tomorrow_and_of_what_is_still_under_way(ends):
    old = trip(
        ends, departs=NOW - timedelta(days=5), arrives=NOW - timedelta(days=4), state="ARRIVED",
        departed_at=NOW - timedelta(days=5), arrived_at=NOW - timedelta(days=4),
    )  # fmt: skip
    trip(ends, departs=NOW + timedelta(days=4), arrives=NOW + timedelta(days=5))
    near = trip(ends, departs=NOW + HOUR, arrives=NOW + 2 * HOUR)
    assert [row.pk for row in network.trips(at=NOW)] == [old.pk, near.pk]
    assert [row.pk for row in network.ageing(at=NOW)] == [old.pk]


@pytest.fixture
def coordinator():
    user = UserFactory()
    ClusterRole.objects.create(
        cluster=Cluster.objects.create(slug="smaki", name="Smaki", sort_key="smaki"), user=user
    )
    return user


def test_staff_of_any_centre_and_coordinators_see_it_and_nobody_else(client, ends, coordinator):
    row = trip(ends, departs=NOW + HOUR, arrives=NOW + 2 * HOUR)
    for user, opens in [
        (StaffFactory(centre=ends[1]).user, True),
        (StaffFactory().user, False),
        (coordinator, False),
    ]:
        client.force_login(user)
        answer = client.get("/centrum/siec/", secure=True)
        assert answer.status_code == 200
        assert (f"kursy/{row.pk}/" in answer.content.decode()) == opens
        assert client.get("/api/v1/network/overview/", secure=True).status_code == 200
    client.force_login(UserFactory())
    assert client.get("/centrum/siec/", secure=True).status_code == 404
    assert client.get("/api/v1/network/trips/", secure=True).status_code == 404


def test_page_says_each_mood_in_words_and_narrows(client, every_mood, coordinator):
    client.force_login(coordinator)
    text = client.get("/centrum/siec/", secure=True).content.decode()
    for word in ("zgodnie z planem", "w drodze", "opóźniony", "po godzinie", "odwołany", "zakończony"):
        assert word in text
    assert "a nie są rozładowane" in text
    assert text.count('<th scope="row">') - 2 == len(every_mood)
    late = client.get("/centrum/siec/?stan=late&centrum=GDA", secure=True).content.decode()
    assert late.count('<th scope="row">') - 2 == 1
    none = client.get("/centrum/siec/?stan=late&dzien=jutro", secure=True)
    assert none.status_code == 200
    nonsense = client.get("/centrum/siec/?stan=x&centrum=y&dzien=z", secure=True).content.decode()
    assert nonsense.count('<th scope="row">') - 2 == len(every_mood)


@pytest.mark.parametrize("many", [1, 20])
def test_network_takes_the_same_statements_for_one_trip_and_twenty(
    client, ends, many, coordinator, django_assert_num_queries
):
    for n in range(many):
        trip(ends, departs=NOW + HOUR + timedelta(minutes=n), arrives=NOW + 3 * HOUR)
    client.force_login(coordinator)
    client.get("/centrum/siec/", secure=True)
    with django_assert_num_queries(
        10, info="session, person, may see (2), centres, four of the view, own centres"
    ):
        client.get("/centrum/siec/", secure=True, HTTP_HX_REQUEST="true")


def test_api_tells_the_same(client, every_mood, coordinator):
    client.force_login(coordinator)
    rows = client.get("/api/v1/network/trips/", secure=True).json()["results"]
    assert {row["id"]: row["mood"] for row in rows} == every_mood
    late = client.get("/api/v1/network/trips/?mood=late&centre=RZE", secure=True).json()["results"]
    assert [row["mood"] for row in late] == ["late"]
    assert client.get("/api/v1/network/trips/?mood=nonsense", secure=True).status_code == 422
    assert client.get("/api/v1/network/trips/?centre=XXX", secure=True).status_code == 422
    overview = client.get("/api/v1/network/overview/", secure=True).json()
    assert overview["trips"]["overdue"] == 2
    assert len(overview["ageing"]) == 1
    assert Trip.objects.count() == len(every_mood)


def test_map_draws_the_worst_trip_of_a_way_and_its_sign():
    dots = [Dot("GDA", 54.35, 18.65), Dot("RZE", 50.04, 22.0)]
    arcs = [
        Arc("GDA", "RZE", "planned"),
        Arc("GDA", "RZE", "late"),
        Arc("RZE", "GDA", "moving"),
        Arc("X", "GDA", "late"),
    ]
    drawn = ET.fromstring(network_map(dots, arcs))
    classes = [part.get("class") for part in drawn]
    assert classes == ["land", "way way-moving", "way way-late", "dots"]
    assert len(drawn[0]) == 16
    assert [part.tag for part in drawn[2]] == ["path", "path"]
    assert "<script" not in network_map([Dot("<script>", 52, 19)], [])


@pytest.mark.parametrize(
    ("latitude", "longitude", "edge"),
    [
        (52.828, 14.130, ("x", 10)),
        (50.870, 24.145, ("x", 990)),
        (54.832, 17.968, ("y", 10)),
        (49.002, 22.860, ("y", 926)),
    ],
    ids=["west", "east", "north", "south"],
)
def test_the_ends_of_the_country_lie_at_the_edges_of_the_drawing(latitude, longitude, edge):
    x, y = project(latitude, longitude)
    assert abs({"x": x, "y": y}[edge[0]] - edge[1]) <= 2
