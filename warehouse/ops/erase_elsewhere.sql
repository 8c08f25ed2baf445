-- Erases a person from everything that is not kept by month, in the caller's transaction: dead letters, dimensions, the
-- ledgers, what reports keep as examples. Every table in ops, bronze, silver and gold counts, also one that is made after
-- this was written. To be called after ops.erase_month, under the transformer's lock.
create or replace function ops.erase_elsewhere(person ops.erased_person, removes boolean, only_counts boolean)
returns table (table_name text, action text, event_type text, source text, row_count bigint)
language plpgsql as $$
declare
    relation regclass;
    changed bigint;
    known_from timestamptz;
begin
    if not only_counts then
        -- Checks and alerts may run beside this, and store at their end what they read before.
        perform pg_advisory_xact_lock(hashtext('assay.quality')), pg_advisory_xact_lock(hashtext('assay.alerts'));
    end if;

    drop table if exists pg_temp.letters_to_erase;
    create temporary table letters_to_erase on commit drop as
    with letters as (
        select
            stored.dead_letter_id,
            stored.position,
            stored.attempts,
            stored.last_failed_at,
            stored.resolved_at,
            scrubbed.*,
            (scrubbed.raw, scrubbed.source, scrubbed.error_message, scrubbed.resolution_note)
                is distinct from (stored.raw, stored.source, stored.error_message, stored.resolution_note) as is_named
        from bronze.dead_letter_queue as stored
        cross join lateral (
            select
                ops.scrub_bytes(stored.raw, person) as raw,
                ops.scrub_text(stored.source, person) as source,
                ops.scrub_text(stored.error_message, person) as error_message,
                ops.scrub_text(stored.resolution_note, person) as resolution_note
            offset 0
        ) as scrubbed
    )
    select
        letters.*,
        -- Letters that differed in nothing but the name are one now: the first that is open stays.
        first_value(dead_letter_id) over same as kept_id,
        sum(attempts) over same as all_attempts,
        max(last_failed_at) over same as all_failed_at
    from letters
    window same as (
        partition by letters.source, letters.position, sha256(letters.raw)
        order by resolved_at is not null, dead_letter_id
        rows between unbounded preceding and unbounded following
    );
    select count(*) into changed from pg_temp.letters_to_erase where is_named;
    if changed > 0 then
        return query select 'bronze.dead_letter_queue', 'pseudonymised', null::text, null::text, changed;
    end if;
    if changed > 0 and not only_counts then
        delete from bronze.dead_letter_queue as stored
        using pg_temp.letters_to_erase as letter
        where stored.dead_letter_id = letter.dead_letter_id and letter.kept_id <> letter.dead_letter_id;
        update bronze.dead_letter_queue as stored
        set raw = letter.raw,
            source = letter.source,
            error_message = letter.error_message,
            resolution_note = letter.resolution_note,
            attempts = letter.all_attempts,
            last_failed_at = letter.all_failed_at
        from pg_temp.letters_to_erase as letter
        where stored.dead_letter_id = letter.dead_letter_id
          and letter.kept_id = letter.dead_letter_id
          and (letter.is_named or letter.all_attempts <> letter.attempts);
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
        select
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
    select count(*) into changed from named;
    if changed > 0 then
        return query
        select 'gold.mart_activity', case when removes then 'removed' else 'pseudonymised' end, null::text, null::text, changed;
    end if;

    -- All logins of theirs become one.
    with named as (
        select actor_id, valid_from
        from gold.dim_actors_history
        where actor_id = silver.to_bigint(person.actor_id) or (removes and actor_id = person.pseudonym_id)
    )
    select count(*), min(named.valid_from) into changed, known_from from named;
    if changed > 0 then
        return query
        select 'gold.dim_actors_history', case when removes then 'removed' else 'pseudonymised' end, null::text, null::text, changed;
        if not only_counts then
            select least(known_from, min(version.valid_from))
            into known_from
            from gold.dim_actors_history as version
            where version.actor_id = person.pseudonym_id;
            delete from gold.dim_actors_history as version
            where version.actor_id in (silver.to_bigint(person.actor_id), person.pseudonym_id);
            if not removes then
                insert into gold.dim_actors_history (actor_id, valid_from, actor_login)
                values (person.pseudonym_id, known_from, person.pseudonym);
            end if;
        end if;
    end if;

    -- Which event an example is from is not known, and a full name in it says nothing of whose it is: all texts go. Fields get
    -- another from what comes in next.
    if not only_counts then
        -- What stands is found anew at the next look.
        delete from ops.alerts where ops.scrub_text(subject || ' ' || detail, person) <> subject || ' ' || detail;
        -- Paths that differed in nothing but the name would be one.
        update ops.source_files
        set file_key = ops.scrub_text(file_key, person) || '#' || source_file_id
        where ops.scrub_text(file_key, person) <> file_key;
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
            'bronze.dead_letter_queue'::regclass, 'gold.dim_actors'::regclass, 'gold.dim_actors_history'::regclass,
            'gold.mart_activity'::regclass,
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

    -- Names of their repositories that differed by their login alone are one now.
    if not only_counts then
        with theirs as (
            select *, (repo_name, org_login) is not distinct from (lag(repo_name) over by_time, lag(org_login) over by_time) as is_repeated
            from gold.dim_repos_history
            where repo_id in (
                select repo_id
                from gold.dim_repos_history
                where position(replace(person.pseudonym, '[bot]', '') in concat(repo_name, ' ', org_login)) > 0
            )
            window by_time as (partition by repo_id order by valid_from)
        ),
        joined as (
            delete from gold.dim_repos_history as version
            using theirs
            where theirs.is_repeated and version.repo_id = theirs.repo_id and version.valid_from = theirs.valid_from
        ),
        kept as (
            select repo_id, valid_from, lead(valid_from) over (partition by repo_id order by valid_from) as valid_to
            from theirs
            where not is_repeated
        )
        update gold.dim_repos_history as version
        set valid_to = kept.valid_to
        from kept
        where version.repo_id = kept.repo_id
          and version.valid_from = kept.valid_from
          and version.valid_to is distinct from kept.valid_to;
    end if;
end;
$$;
comment on function ops.erase_elsewhere(ops.erased_person, boolean, boolean) is 'Erases a person from everything that is not kept by month.';
