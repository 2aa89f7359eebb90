from django.urls import path

from distribution.api import corrections, floor, supply, timetable

urlpatterns = [
    path("centres/<str:code>/tasks/", floor.Tasks.as_view()),
    path("centres/<str:code>/receipts/", floor.Receipts.as_view()),
    path("centres/<str:code>/lots/", floor.Lots.as_view()),
    path("tasks/<bigint:pk>/", floor.TaskDetail.as_view()),
    path("tasks/<bigint:pk>/claim/", floor.TaskClaim.as_view()),
    path("tasks/<bigint:pk>/scan/", floor.TaskScan.as_view()),
    path("tasks/<bigint:pk>/short/", floor.TaskShort.as_view()),
    path("tasks/<bigint:pk>/complete/", floor.TaskComplete.as_view()),
    path("lots/<bigint:pk>/trace/", floor.LotTrace.as_view()),
    path("lots/<bigint:pk>/state/", corrections.LotState.as_view()),
    path("centres/<str:code>/arrivals/", corrections.Arrivals.as_view()),
    path("centres/<str:code>/arrivals/<bigint:pk>/close/", corrections.ArrivalClose.as_view()),
    path("centres/<str:code>/balances/<bigint:pk>/write-off/", corrections.WriteOff.as_view()),
    path("centres/<str:code>/documents/<bigint:pk>/reverse/", corrections.DocumentReverse.as_view()),
    path("centres/<str:code>/legs/", timetable.Legs.as_view()),
    path("centres/<str:code>/trips/", timetable.CentreTrips.as_view()),
    path("legs/<bigint:pk>/", timetable.LegDetail.as_view()),
    path("trips/<bigint:pk>/", timetable.TripDetail.as_view()),
    path("trips/<bigint:pk>/delay/", timetable.TripDelay.as_view()),
    path("trips/<bigint:pk>/cancel/", timetable.TripCancel.as_view()),
    path("producer/supply/", supply.ProducerSupply.as_view()),
]
