-- One row: how many events were asked for, counted up to a bound.
--
-- $1 since, $2 until, $3 event type, $4 repo_id, or $5 several, $6 actor_id, or $7 several, $8 and $9 repo_ids or actor_ids,
-- $10 source: each NULL for no such filter. $11 the bound.
select count(*) as event_count
from (
    select 1
    from gold.fact_events as fact
    where ($1::timestamptz is null or fact.event_time >= $1::timestamptz)
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
    limit $11
) as counted;
