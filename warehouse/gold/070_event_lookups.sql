-- Facts in the order of time, for /data of the API and whoever asks for the newest events: without these, a hundred rows of ten
-- million cost reading and sorting them all. Times repeat by the second, so that entries share their keys.

-- The newest events, of any kind: order by event_time desc limit 100.
create index fact_events_event_time on gold.fact_events (event_time);
-- The newest events of a type, which may be rare: by the index above, the hundredth may lie millions of others back.
create index fact_events_event_type on gold.fact_events (event_type, event_time);
