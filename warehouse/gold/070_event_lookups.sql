-- Facts in the order of time, for /data of the API and whoever asks for the newest events: without these, a hundred rows of ten
-- million cost reading and sorting them all.

-- The newest events, of any kind: order by event_time desc limit 100. Times repeat by the second, so that entries share keys.
create index fact_events_event_time on gold.fact_events (event_time);
-- The newest events of a type, which may be rare: by the index above, the hundredth may lie millions of others back. The id
-- is in it because all probes of the key name the type and the time, too: while a month has no statistics, PostgreSQL may take
-- this index for them, which without the id would read all events of a second, or of a day where files know no more.
create index fact_events_event_type on gold.fact_events (event_type, event_time, event_id);
