"""The ways by which goods reach rounds now: current routes whose every lorry still takes goods."""

# Of a route `w`: every lorry on the way still takes goods of its temperature and has room.
TAKES_GOODS = """
(w.chain = '' OR w.changes + 1 = (
  SELECT count(*) FROM distribution_routetrip s
  JOIN distribution_triproom m ON m.trip_id = s.trip_id AND m.temperature = w.temperature
  WHERE s.route_id = w.id AND m.is_open AND m.booked_grams < m.grams))
"""

# To be joined with supply on origin and temperature. `route_id` is null at a round's own centre; `rooms` and
# `room_left` are the chambers on the way and the grams still free in each. The rounds are `%(rounds)s`.
WAYS = """
WITH ways AS MATERIALIZED (
  SELECT r.round_id, r.origin_id, r.temperature, r.ready_by, r.changes, r.kilometres,
         CASE WHEN r.chain <> '' THEN r.id END AS route_id, way.rooms, way.room_left
  FROM distribution_route r
  LEFT JOIN LATERAL (
    SELECT array_agg(m.id) AS rooms, array_agg(m.grams - m.booked_grams) AS room_left,
           count(*) FILTER (WHERE m.is_open AND m.booked_grams < m.grams) AS open
    FROM distribution_routetrip s
    JOIN distribution_triproom m ON m.trip_id = s.trip_id AND m.temperature = r.temperature
    WHERE s.route_id = r.id) way ON r.chain <> ''
  WHERE r.round_id = ANY(%(rounds)s) AND r.is_current AND (r.chain = '' OR way.open = r.changes + 1)
)
"""

# What a piece weighs for the lorry, in grams: its content, a litre as a kilogram, and 300 g where it is counted.
GRAMS_EACH = "CASE i.unit WHEN 'PCS' THEN 300 * i.content ELSE i.content END"
