-- The index by time gets the rest of the key, too. A probe of the key names all three, and while a month has no statistics
-- PostgreSQL may take this index for it, which without the rest reads all events of a second, or of a day where files know no
-- more. With it the newest events are also found in their very order.
drop index gold.fact_events_event_time;
create index fact_events_event_time on gold.fact_events (event_time, event_id, event_type);
