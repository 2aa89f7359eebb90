"""The hall's addresses, under /centrum/."""

from django.urls import path

from distribution.web import (
    board,
    dead_jobs,
    loads,
    lots,
    network,
    receiving,
    station,
    tasks,
    timetable,
    trips,
)
from marketplace.kernel import converters  # noqa: F401 - registers <bigint:…>

app_name = "distribution"
urlpatterns = [
    path("", station.centres, name="centres"),
    path("siec/", network.view, name="network"),
    path("<str:code>/", board.board, name="board"),
    path("<str:code>/tablica/<slug:tile>/", board.rows, name="rows"),
    path("<str:code>/zadania-systemu/", dead_jobs.dead, name="dead_jobs"),
    path("<str:code>/zadania-systemu/<bigint:pk>/", dead_jobs.retry, name="retry_job"),
    path("<str:code>/osoba/", station.switch, name="switch"),
    path("<str:code>/zadania/", board.queue, name="queue"),
    path("<str:code>/zadania/nastepne/", board.take_next, name="take_next"),
    path("<str:code>/zadania/<bigint:pk>/", tasks.task, name="task"),
    path("<str:code>/zadania/<bigint:pk>/wez/", tasks.claim, name="claim"),
    path("<str:code>/zadania/<bigint:pk>/oddaj/", tasks.give_back, name="give_back"),
    path("<str:code>/zadania/<bigint:pk>/skan/", tasks.scan, name="scan"),
    path("<str:code>/zadania/<bigint:pk>/brak/", tasks.short, name="short"),
    path("<str:code>/zadania/<bigint:pk>/pomin/", tasks.skip, name="skip"),
    path("<str:code>/zadania/<bigint:pk>/pelna/", tasks.bin_full, name="bin_full"),
    path("<str:code>/zadania/<bigint:pk>/cos-zostalo/", tasks.not_empty, name="not_empty"),
    path("<str:code>/dostawy/", receiving.expected, name="arrivals"),
    path("<str:code>/dostawy/bez-zapowiedzi/", receiving.unannounced, name="unannounced"),
    path("<str:code>/dostawy/<bigint:pk>/", receiving.arrival, name="arrival"),
    path("<str:code>/dostawy/<bigint:pk>/zamknij/", receiving.close, name="arrival_close"),
    path("<str:code>/kursy/", trips.trips, name="trips"),
    path("<str:code>/kursy/tydzien/", trips.week, name="week"),
    path("<str:code>/kursy/dodatkowy/", trips.extra, name="extra_trip"),
    path("<str:code>/kursy/<bigint:pk>/", trips.trip, name="trip"),
    path("<str:code>/kursy/<bigint:pk>/pojazd/", trips.vehicle, name="trip_vehicle"),
    path("<str:code>/kursy/<bigint:pk>/opoznienie/", trips.delay, name="trip_delay"),
    path("<str:code>/kursy/<bigint:pk>/odwolanie/", trips.cancel, name="trip_cancel"),
    path("<str:code>/kursy/<bigint:pk>/odjazd/", loads.depart, name="trip_depart"),
    path("<str:code>/kursy/<bigint:pk>/przyjazd/", loads.arrive, name="trip_arrive"),
    path("<str:code>/kursy/<bigint:pk>/zatwierdzenie/", loads.confirm, name="trip_confirm"),
    path(
        "<str:code>/kursy/<bigint:pk>/ladunek/<bigint:load>/komora/", loads.put_elsewhere, name="load_chamber"
    ),
    path("<str:code>/kursy/<bigint:pk>/skrzynie/<bigint:unit>/odnaleziona/", loads.find, name="crate_found"),
    path("<str:code>/kursy/<bigint:pk>/skrzynie/<bigint:unit>/stracona/", loads.give_up, name="crate_lost"),
    path("<str:code>/rozklad/", timetable.timetable, name="timetable"),
    path("<str:code>/rozklad/nowe/", timetable.add, name="leg_add"),
    path("<str:code>/rozklad/<bigint:pk>/", timetable.change, name="leg_change"),
    path("<str:code>/rozklad/<bigint:pk>/koniec/", timetable.end, name="leg_end"),
    path("<str:code>/partie/", lots.on_hand, name="lots"),
    path("<str:code>/partie/<bigint:pk>/", lots.lot, name="lot"),
    path("<str:code>/partie/<bigint:pk>/stan/", lots.change_state, name="lot_state"),
    path("<str:code>/stan/<bigint:pk>/spisz/", lots.write_off, name="write_off"),
    path("<str:code>/dokumenty/", lots.documents, name="documents"),
    path("<str:code>/dokumenty/<bigint:pk>/", lots.document, name="document"),
    path("<str:code>/dokumenty/<bigint:pk>/storno/", lots.reverse_document, name="reverse_document"),
]
