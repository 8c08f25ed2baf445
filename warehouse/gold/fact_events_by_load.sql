-- Facts by the time they were loaded, for checks that look at new ones only. Facts are stored as they are loaded, so that
-- block ranges find them at next to no cost for who writes.
create index if not exists fact_events_silver_processed_at on gold.fact_events
    using brin (silver_processed_at) with (pages_per_range = 32, autosummarize = on);
