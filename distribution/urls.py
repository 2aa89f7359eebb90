"""The hall's addresses, under /centrum/."""

from django.urls import path

from distribution.web import board, lots, receiving, station, tasks
from marketplace.kernel import converters  # noqa: F401 - registers <bigint:…>

app_name = "distribution"
urlpatterns = [
    path("", station.centres, name="centres"),
    path("<str:code>/", board.board, name="board"),
    path("<str:code>/osoba/", station.switch, name="switch"),
    path("<str:code>/zadania/", board.queue, name="queue"),
    path("<str:code>/zadania/nastepne/", board.take_next, name="take_next"),
    path("<str:code>/zadania/<bigint:pk>/", tasks.task, name="task"),
    path("<str:code>/zadania/<bigint:pk>/wez/", tasks.claim, name="claim"),
    path("<str:code>/zadania/<bigint:pk>/oddaj/", tasks.give_back, name="give_back"),
    path("<str:code>/zadania/<bigint:pk>/skan/", tasks.scan, name="scan"),
    path("<str:code>/zadania/<bigint:pk>/brak/", tasks.short, name="short"),
    path("<str:code>/dostawy/", receiving.expected, name="arrivals"),
    path("<str:code>/dostawy/bez-zapowiedzi/", receiving.unannounced, name="unannounced"),
    path("<str:code>/dostawy/<bigint:pk>/", receiving.arrival, name="arrival"),
    path("<str:code>/dostawy/<bigint:pk>/zamknij/", receiving.close, name="arrival_close"),
    path("<str:code>/partie/", lots.on_hand, name="lots"),
    path("<str:code>/partie/<bigint:pk>/", lots.lot, name="lot"),
    path("<str:code>/partie/<bigint:pk>/stan/", lots.change_state, name="lot_state"),
    path("<str:code>/stan/<bigint:pk>/spisz/", lots.write_off, name="write_off"),
    path("<str:code>/dokumenty/", lots.documents, name="documents"),
    path("<str:code>/dokumenty/<bigint:pk>/", lots.document, name="document"),
    path("<str:code>/dokumenty/<bigint:pk>/storno/", lots.reverse_document, name="reverse_document"),
]
