-- One row: how many events were asked for, counted up to a bound.
--
-- $1 since, $2 until, $3 event type, $4 repo_ids, $5 actor_ids, $6 and $7 repo_ids or actor_ids, $8 source: each NULL for no such
-- filter. $9 the bound.
select count(*) as event_count
from (
    select 1
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
    limit $9
) as counted;
