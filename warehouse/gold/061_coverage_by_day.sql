-- The coverage of one day is asked for by the views that carry it (gold.v_daily_activity, …), for each of their days.
create index feed_coverage_day on gold.feed_coverage (((hour at time zone 'UTC')::date));
