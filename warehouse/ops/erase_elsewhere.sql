-- Erases a person from everything that is not kept by month, in the caller's transaction: dead letters, dimensions, the
-- ledgers, what reports keep as examples. Every table in ops, bronze, silver and gold counts, also one that is made after
-- this was written. To be called after ops.erase_month, under the transformer's lock.
create or replace function ops.erase_elsewhere(person ops.erased_person, removes boolean, only_counts boolean)
returns table (table_name text, action text, event_type text, source text, row_count bigint)
language plpgsql as $$
declare
    relation regclass;
    changed bigint;
begin
    with letters as (
        select
            letter.dead_letter_id,
            ops.scrub_bytes(letter.raw, person) as raw,
            ops.scrub_text(letter.source, person) as source,
            ops.scrub_text(letter.error_message, person) as error_message,
            ops.scrub_text(letter.resolution_note, person) as resolution_note
        from bronze.dead_letter_queue as letter
    ),
    named as (
        select letters.*
        from letters
        join bronze.dead_letter_queue as stored on stored.dead_letter_id = letters.dead_letter_id
        where (letters.raw, letters.source, letters.error_message, letters.resolution_note)
            is distinct from (stored.raw, stored.source, stored.error_message, stored.resolution_note)
    ),
    updated as (
        update bronze.dead_letter_queue as stored
        set raw = named.raw,
            source = named.source,
            error_message = named.error_message,
            resolution_note = named.resolution_note
        from named
        where not only_counts and stored.dead_letter_id = named.dead_letter_id
    )
    select count(*) into changed from named;
    if changed > 0 then
        return query select 'bronze.dead_letter_queue', 'pseudonymised', null::text, null::text, changed;
    end if;

    with named as (
        select actor_id
        from gold.dim_actors
        where actor_id = silver.to_bigint(person.actor_id) or (removes and actor_id = person.pseudonym_id)
    ),
    deleted as (
        delete from gold.dim_actors as stored using named where not only_counts and stored.actor_id = named.actor_id
    )
    select count(*) into changed from named;
    if changed > 0 then
        return query
        select 'gold.dim_actors', case when removes then 'removed' else 'pseudonymised' end, null::text, null::text, changed;
    end if;

    -- Of months whose facts are gone, too. A row of the pseudonym may be there from before an erasure that was cut short.
    with named as (
        select count(*) as row_count
        from gold.mart_activity
        where actor_id = silver.to_bigint(person.actor_id) or (removes and actor_id = person.pseudonym_id)
    ),
    taken as (
        delete from gold.mart_activity
        where not only_counts and (actor_id = silver.to_bigint(person.actor_id) or (removes and actor_id = person.pseudonym_id))
        returning *
    ),
    given as (
        insert into gold.mart_activity as stored
        select
            repo_id, person.pseudonym_id, date_id, event_count, bot_event_count, contribution_count, push_count,
            pull_request_opened_count, pull_request_merged_count, pull_request_closed_count, pull_request_unknown_count,
            issue_opened_count, issue_closed_count, issue_unknown_count, star_count, fork_count, release_count
        from taken
        where not removes
        on conflict (date_id, repo_id, actor_id) do update
        set event_count = stored.event_count + excluded.event_count,
            bot_event_count = stored.bot_event_count + excluded.bot_event_count,
            contribution_count = stored.contribution_count + excluded.contribution_count,
            push_count = stored.push_count + excluded.push_count,
            pull_request_opened_count = stored.pull_request_opened_count + excluded.pull_request_opened_count,
            pull_request_merged_count = stored.pull_request_merged_count + excluded.pull_request_merged_count,
            pull_request_closed_count = stored.pull_request_closed_count + excluded.pull_request_closed_count,
            pull_request_unknown_count = stored.pull_request_unknown_count + excluded.pull_request_unknown_count,
            issue_opened_count = stored.issue_opened_count + excluded.issue_opened_count,
            issue_closed_count = stored.issue_closed_count + excluded.issue_closed_count,
            issue_unknown_count = stored.issue_unknown_count + excluded.issue_unknown_count,
            star_count = stored.star_count + excluded.star_count,
            fork_count = stored.fork_count + excluded.fork_count,
            release_count = stored.release_count + excluded.release_count
    )
    select row_count into changed from named;
    if changed > 0 then
        return query
        select 'gold.mart_activity', case when removes then 'removed' else 'pseudonymised' end, null::text, null::text, changed;
    end if;

    -- Which event an example is from is not known, and a full name in it says nothing of whose it is: all texts go. Fields get
    -- another from what comes in next.
    if not only_counts then
        update ops.payload_fields set example = null where json_type = 'string' and example is not null;
        update ops.payload_changes set example = null where json_type = 'string' and example is not null;
    end if;

    for relation in
        select pg_class.oid
        from pg_class
        where relnamespace in ('ops'::regnamespace, 'bronze'::regnamespace, 'silver'::regnamespace, 'gold'::regnamespace)
          and relkind = 'r'
          and pg_class.oid not in (
            'ops.erasures'::regclass, 'ops.erased_actors'::regclass, 'ops.erased_names'::regclass,
            'ops.erasure_counts'::regclass, 'ops.erasure_key'::regclass,
            -- Done above.
            'bronze.dead_letter_queue'::regclass, 'gold.dim_actors'::regclass, 'gold.mart_activity'::regclass,
            -- Made by the warehouse itself.
            'ops.schema_files'::regclass, 'ops.dropped_partitions'::regclass,
            'gold.dim_date'::regclass, 'gold.dim_event_types'::regclass, 'gold.dim_feed_incident'::regclass
          )
        order by pg_class.oid::regclass::text
    loop
        return query
        select relation::text, erased.action, null::text, null::text, sum(erased.row_count)::bigint
        from ops.erase_rows(relation, person, false, only_counts) as erased
        group by erased.action;
    end loop;
end;
$$;
comment on function ops.erase_elsewhere(ops.erased_person, boolean, boolean) is 'Erases a person from everything that is not kept by month.';
