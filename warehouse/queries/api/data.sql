-- One row per event of those asked for, the newest first: a page of them.
--
-- $1 since, $2 until, $3 event type, $4 repo_ids, $5 actor_ids, $6 and $7 repo_ids or actor_ids, $8 source: each NULL for no such
-- filter. $9, $10, $11 event_time, event_id and event_type of the last event that was seen, or NULLs to begin;
-- $12 how many, $13 how many to leave out first. What only silver knows is NULL where silver has dropped the month.
with page as materialized (
    select fact.event_id, fact.event_type, fact.event_time, fact.actor_id, fact.repo_id, fact.actor_login, fact.repo_name
    from gold.fact_events as fact
    where ($1::timestamptz is null or fact.event_time >= $1::timestamptz)
      and ($2::timestamptz is null or fact.event_time < $2::timestamptz)
      and ($3::text is null or fact.event_type = $3::text)
      and ($4::bigint[] is null or fact.repo_id = any ($4::bigint[]))
      and ($5::bigint[] is null or fact.actor_id = any ($5::bigint[]))
      and ($6::bigint[] is null or fact.repo_id = any ($6::bigint[]) or fact.actor_id = any ($7::bigint[]))
      and (
        $8::text is null
        or exists (
            select 1
            from silver.events as event
            where event.source = $8::text
              and event.event_id = fact.event_id
              and event.event_type = fact.event_type
              and event.event_time = fact.event_time
        )
      )
      and ($9::timestamptz is null or (fact.event_time, fact.event_id, fact.event_type) < ($9::timestamptz, $10::text, $11::text))
    order by fact.event_time desc, fact.event_id desc, fact.event_type desc
    limit $12
    offset $13
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
