-- One row per repository and UTC day on which it was given stars.
create or replace view gold.v_repo_daily_stars as
with stars as (
    select day.date_day, activity.repo_id, repo.repo_name, sum(activity.star_count)::bigint as star_count
    from gold.mart_activity as activity
    join gold.dim_date as day on day.date_id = activity.date_id
    left join gold.dim_repos as repo on repo.repo_id = activity.repo_id
    where activity.star_count > 0
      and activity.repo_id <> -1
    group by day.date_day, activity.repo_id, repo.repo_name
)
select
    stars.date_day,
    stars.repo_id,
    stars.repo_name,
    stars.star_count,
    sum(stars.star_count) over (partition by stars.repo_id, stars.repo_name order by stars.date_day)::bigint as running_star_count,
    coverage.capture_rate
from stars
left join gold.v_coverage_daily_by_type as coverage
    on coverage.day = stars.date_day and coverage.event_type = 'WatchEvent';
comment on view gold.v_repo_daily_stars is 'Stars over time, as far as the warehouse saw them given. One row per repository and UTC day with stars.';
comment on column gold.v_repo_daily_stars.date_day is 'UTC day.';
comment on column gold.v_repo_daily_stars.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_repo_daily_stars.repo_name is 'Latest known name.';
comment on column gold.v_repo_daily_stars.star_count is 'Stars given on the day.';
comment on column gold.v_repo_daily_stars.running_star_count is 'Stars given up to and with the day: neither those from before the warehouse nor those taken back are known.';
comment on column gold.v_repo_daily_stars.capture_rate is 'What share of all stars of the day, in all repositories, the warehouse has, from 0 to 1; NULL when nothing can be said.';
