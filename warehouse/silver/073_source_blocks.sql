-- Where the events of a source are: /data?source=… of the API. A file comes in as a whole, so that few block ranges hold it;
-- they are found at next to no cost for who writes. What the live feed shows is nearly all, and found by time.
create index events_source on silver.events using brin (source) with (pages_per_range = 32, autosummarize = on);
