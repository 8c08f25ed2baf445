-- One row per UTC day with events: the share of them that bots did.
select
    date_day,
    bot_share
from gold.v_overall_daily_activity
order by date_day;
