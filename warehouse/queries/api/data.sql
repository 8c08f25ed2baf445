-- One row per event of those asked for, the newest first: a page of them.
--
-- $1 since, $2 until, $3 event type, $4 repo_id, or $5 several, $6 actor_id, or $7 several, $8 and $9 repo_ids or actor_ids,
-- $10 source: each NULL for no such filter. $11, $12, $13 event_time, event_id and event_type of the last event that was seen, or
-- NULLs to begin; $14 how many, $15 how many to leave out first. $16 true to look for the newest of each id of $5, $7, $8 and $9,
-- where these are all that is asked for besides a span and a type (gold.newest_events_of); else NULL. What only silver knows is
-- NULL where silver has dropped the month.
with of_all as (
    select fact.event_id, fact.event_type, fact.event_time, fact.actor_id, fact.repo_id, fact.actor_login, fact.repo_name
    from gold.fact_events as fact
    where $16::boolean is null
      and ($1::timestamptz is null or fact.event_time >= $1::timestamptz)
      and ($2::timestamptz is null or fact.event_time < $2::timestamptz)
      and ($3::text is null or fact.event_type = $3::text)
      and ($4::bigint is null or fact.repo_id = $4::bigint)
      and ($5::bigint[] is null or fact.repo_id = any ($5::bigint[]))
      and ($6::bigint is null or fact.actor_id = $6::bigint)
      and ($7::bigint[] is null or fact.actor_id = any ($7::bigint[]))
      and (
        $8::bigint[] is null and $9::bigint[] is null
        or not ($8::bigint[] is null) and fact.repo_id = any ($8::bigint[])
        or not ($9::bigint[] is null) and fact.actor_id = any ($9::bigint[])
      )
      and (
        $10::text is null
        or exists (
            select 1
            from silver.events as event
            where event.source = $10::text
              and event.event_id = fact.event_id
              and event.event_type = fact.event_type
              and event.event_time = fact.event_time
        )
      )
      and ($11::timestamptz is null or (fact.event_time, fact.event_id, fact.event_type) < ($11::timestamptz, $12::text, $13::text))
    order by fact.event_time desc, fact.event_id desc, fact.event_type desc
    limit $14
    offset $15
),
of_each as (
    -- One of a repository and of an account asked for is found twice.
    select distinct fact.event_id, fact.event_type, fact.event_time, fact.actor_id, fact.repo_id, fact.actor_login, fact.repo_name
    from gold.newest_events_of(
        coalesce($5::bigint[], $8::bigint[]), coalesce($7::bigint[], $9::bigint[]),
        $1::timestamptz, $2::timestamptz, $3::text, $11::timestamptz, $12::text, $13::text, $14::integer + $15::integer
    ) as fact
    where $16::boolean
    order by fact.event_time desc, fact.event_id desc, fact.event_type desc
    limit $14
    offset $15
),
page as materialized (
    select * from of_all
    union all
    select * from of_each
)
select
    page.event_id as id,
    page.event_type as type,
    page.event_time as time,
    nullif(page.actor_id, -1)::text as actor_id,
    coalesce(page.actor_login, case when page.actor_id <> -1 then actor.actor_login end) as actor_login,
    case when page.actor_login is null then actor.is_bot else page.actor_login like '%[bot]' end as is_bot,
    nullif(page.repo_id, -1)::text as repo_id,
    coalesce(page.repo_name, case when page.repo_id <> -1 then repo.repo_name end) as repo_name,
    repo.org_login,
    event.action,
    event.ref,
    event.number::text as number,
    event.title,
    event.source
from page
join gold.dim_actors as actor on actor.actor_id = page.actor_id
join gold.dim_repos as repo on repo.repo_id = page.repo_id
left join silver.events as event
    on event.event_id = page.event_id
    and event.event_type = page.event_type
    and event.event_time = page.event_time
order by page.event_time desc, page.event_id desc, page.event_type desc;
