-- One row per UTC day with events: the share of them by accounts whose login ends in [bot].
--
-- Whose login is not known counts as nobody's, so that the share is the least it can be.
select
    date_day,
    round(sum(bot_event_count) / sum(event_count), 4) as bot_share
from gold.v_daily_event_counts
group by date_day
order by date_day;
