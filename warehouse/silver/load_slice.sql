-- Brings one slice of bronze to silver: of the rows with an ingested_at after `after_time` and up to `up_to`, those that
-- silver does not have. Run again, or by two at once, it adds nothing twice: the anti-join keeps out what is there, the
-- key what comes at the same moment.
--
-- `oldest` and `newest` bound their created_at, so that only the months between are looked into; rows without one count as
-- inside.
--
-- Gives how many rows were new, how many of those cannot go on to gold for want of a readable time, how many have any
-- field that could not be read, and the processed_at they have.
--
-- What silver has is found by one probe of the key for each row: on a first load the planner knows of an empty table, and
-- would read the growing one whole in every slice. Equality, unlike `is not distinct from`, lets it probe the row's own
-- month only.
create or replace function silver.load_slice(after_time timestamptz, up_to timestamptz, oldest timestamptz, newest timestamptz)
returns table (rows_new bigint, rows_without_time bigint, rows_unreadable bigint, processed_at timestamptz)
language plpgsql set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off set enable_material = off as $$
begin
    with new_events as (
        select raw.*
        from bronze.raw_events as raw
        where raw.ingested_at > after_time
          and raw.ingested_at <= up_to
          and (raw.created_at between oldest and newest or raw.created_at is null)
          and not exists (
            select 1
            from silver.events as known
            where known.event_id = raw.event_id
              and known.event_type = raw.event_type
              and known.event_time = raw.created_at
              and known.event_time between oldest and newest
          )
          and not exists (
            select 1
            from silver.events as known
            where raw.created_at is null
              and known.event_id = raw.event_id
              and known.event_type = raw.event_type
              and known.event_time is null
          )
    ),
    fields as (
        select
            new_events.event_id,
            new_events.event_type,
            new_events.created_at,
            new_events.ingested_at,
            new_events.source,
            event.public as is_public,
            event.created_at as created_at_written,
            event.actor,
            -- Before 2015 the actor is a bare login.
            coalesce(event.actor ->> 'login', case when jsonb_typeof(event.actor) = 'string' then event.actor #>> '{}' end) as actor_login,
            event.actor ->> 'id' as actor_id,
            -- Before 2015 the repository stands under another name, its owner apart.
            coalesce(event.repo ->> 'id', event.repository ->> 'id') as repo_id,
            coalesce(event.repo ->> 'name', (event.repository ->> 'owner') || '/' || (event.repository ->> 'name')) as repo_name,
            event.org ->> 'id' as org_id,
            coalesce(event.org ->> 'login', event.repository ->> 'organization') as org_login,
            detail.*,
            coalesce(detail.pull_request, detail.issue, detail.discussion) as subject
        from new_events
        cross join lateral jsonb_to_record(new_events.payload) as event (
            created_at jsonb, public text, actor jsonb, repo jsonb, repository jsonb, org jsonb, payload jsonb
        )
        cross join lateral jsonb_to_record(
            case when jsonb_typeof(event.payload) = 'object' then event.payload else '{}' end
        ) as detail (
            action text, ref text, ref_type text, before text, head text, size text, distinct_size text, number text,
            pull_request jsonb, issue jsonb, discussion jsonb, review jsonb, release jsonb, forkee jsonb, member jsonb
        )
        offset 0
    ),
    inserted as (
        insert into silver.events (
            event_id, event_type, event_time, ingested_at, source,
            actor_id, actor_login, is_bot, repo_id, repo_name, org_id, org_login, is_public,
            action, ref, ref_type, before_sha, head_sha, commit_count, distinct_commit_count,
            number, title, state, author_login, is_merged, opened_at, closed_at, merged_at,
            addition_count, deletion_count, changed_file_count,
            review_state, release_tag, fork_name, member_login, unreadable
        )
        select
            event_id,
            event_type,
            created_at,
            ingested_at,
            source,
            nullif(actor_id, ''),
            nullif(actor_login, ''),
            nullif(actor_login, '') like '%[bot]',
            nullif(repo_id, ''),
            nullif(repo_name, ''),
            nullif(org_id, ''),
            nullif(org_login, ''),
            silver.to_boolean(is_public),
            action,
            ref,
            ref_type,
            before,
            coalesce(head, pull_request #>> '{head,sha}'),
            silver.to_integer(size),
            silver.to_integer(distinct_size),
            silver.to_bigint(coalesce(number, subject ->> 'number')),
            subject ->> 'title',
            subject ->> 'state',
            subject #>> '{user,login}',
            case when event_type = 'PullRequestEvent' and action = 'merged' then true
                else silver.to_boolean(pull_request ->> 'merged') end,
            bronze.readable_time(subject ->> 'created_at'),
            bronze.readable_time(subject ->> 'closed_at'),
            bronze.readable_time(subject ->> 'merged_at'),
            silver.to_integer(pull_request ->> 'additions'),
            silver.to_integer(pull_request ->> 'deletions'),
            silver.to_integer(pull_request ->> 'changed_files'),
            review ->> 'state',
            release ->> 'tag_name',
            forkee ->> 'full_name',
            member ->> 'login',
            nullif(
                array_remove(array[
                    case when created_at is null and jsonb_typeof(created_at_written) <> 'null' then 'created_at' end,
                    case when actor_id is not null and silver.to_bigint(actor_id) is null then 'actor.id' end,
                    case when repo_id is not null and silver.to_bigint(repo_id) is null then 'repo.id' end,
                    case when actor is not null and jsonb_typeof(actor) not in ('object', 'string', 'null') then 'actor' end
                ], null),
                '{}'
            )
        from fields
        on conflict do nothing
        returning events.event_time, events.unreadable
    )
    select
        count(*),
        count(*) filter (where event_time is null),
        count(*) filter (where unreadable is not null)
    into rows_new, rows_without_time, rows_unreadable
    from inserted;

    load_slice.processed_at := now();
    return next;
end;
$$;
comment on function silver.load_slice(timestamptz, timestamptz, timestamptz, timestamptz) is 'Brings the rows of bronze between two times of ingested_at to silver.';
