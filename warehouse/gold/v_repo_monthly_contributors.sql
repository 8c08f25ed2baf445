-- One row per repository and UTC month with contributions of people.
--
-- New is who contributed for the first time that the warehouse knows of: of the first month it has of a repository,
-- everybody is.
create or replace view gold.v_repo_monthly_contributors as
with months as (
    select
        repo_id,
        repo_name,
        actor_id,
        date_trunc('month', date_day::timestamp)::date as month
    from gold.v_events
    where event_category in ('code', 'collaboration')
      and repo_id <> -1
      and actor_id <> -1
      and is_bot is not true
    group by repo_id, repo_name, actor_id, date_trunc('month', date_day::timestamp)::date
),
firsts as (
    select
        repo_id,
        repo_name,
        month,
        min(month) over (partition by repo_id, repo_name, actor_id) as first_month
    from months
)
select
    repo_id,
    repo_name,
    month,
    count(*) as contributor_count,
    count(*) filter (where month = first_month) as new_contributor_count,
    count(*) filter (where month > first_month) as returning_contributor_count
from firsts
group by repo_id, repo_name, month;
comment on view gold.v_repo_monthly_contributors is 'How many people contribute to a repository in a UTC month, and how many of them for the first time that the warehouse knows of. Bots are left out.';
comment on column gold.v_repo_monthly_contributors.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_repo_monthly_contributors.repo_name is 'Latest known name of the repository.';
comment on column gold.v_repo_monthly_contributors.month is 'First day of the UTC month.';
comment on column gold.v_repo_monthly_contributors.contributor_count is 'People with an event of the categories code and collaboration.';
comment on column gold.v_repo_monthly_contributors.new_contributor_count is 'Of them, those of whom the warehouse has no earlier month: all, in the first month it has of the repository.';
comment on column gold.v_repo_monthly_contributors.returning_contributor_count is 'Of them, those of whom it has an earlier month.';
