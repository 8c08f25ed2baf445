-- Keeps gold.dim_repos_history and gold.dim_actors_history, in the transaction of the gold script, after the facts. Reads
-- new_events, the script's temporary table. Gives how many rows of the two were written or taken away.
--
-- An observation is what a fact says: this id had this name at this second. Where facts of one second say different things,
-- the greater name counts, as in the dimensions. A row of the history is a run of observations that say the same; it begins
-- with the first of them and ends where the next row begins. So the history is a function of the set of facts, whatever
-- their order of arrival.
--
-- A new observation that says what the row over its time says changes nothing. Most are of this kind and are put aside by
-- their sums per name. Any other is laid among the beginnings of the rows from its time on, together with the fact that
-- comes next after it: that is where the row that it cuts in two goes on.
--
-- The watermark "history" says up to where gold has been read. Where it is behind gold's own (a warehouse from before there
-- was a history, or after a version that knew none has loaded), the rows since are read again from silver; of events that
-- silver has dropped only the latest name is known, that of the dimension.
create or replace function gold.load_history(last_processed_at timestamptz, grace interval) returns bigint
language plpgsql as $$
declare
    gold_until constant timestamptz := (select watermark from ops.pipeline_watermarks where pipeline = 'gold');
    history_until constant timestamptz := (select watermark from ops.pipeline_watermarks where pipeline = 'history');
    reached constant timestamptz := greatest(last_processed_at, gold_until);
    source text := 'select event_time, actor_id, actor_login, is_bot, repo_id, repo_name, org_login from new_events';
    rows_changed bigint := 0;
    changed bigint;
begin
    if reached is null then
        return 0;
    end if;
    if coalesce(history_until, '-infinity') < gold_until then
        source := format(
            $source$
                %s
                union all
                select event_time, actor_id, actor_login, is_bot, repo_id, repo_name, org_login
                from silver.v_events
                where processed_at > %L
                union all
                select last_event_time, actor_id, actor_login, is_bot, -1, 'unknownrepo', null
                from gold.dim_actors
                where last_event_time is not null
                union all
                select last_event_time, -1, 'unknownuser', null, repo_id, repo_name, org_login
                from gold.dim_repos
                where last_event_time is not null
            $source$,
            source, coalesce(history_until - grace, '-infinity')
        );
    end if;
    execute format('create temporary view named_events as %s', source);

    -- One row per id and name that new events say and the history does not say of their whole span of time.
    -- is_plain: nothing else was ever said of that span. The first event says it all.
    create temporary table names_said on commit drop as
    with said as (
        select repo_id, repo_name, org_login, min(event_time) as first_time, max(event_time) as last_time
        from named_events
        where repo_id <> -1 and repo_name <> 'unknownrepo'
        group by repo_id, repo_name, org_login
    )
    select
        'repo' as kind,
        said.repo_id as id,
        said.repo_name as name,
        said.org_login,
        said.first_time,
        coalesce(bool_and((version.repo_name, version.org_login) is not distinct from (said.repo_name, said.org_login)) filter (where version.repo_id is not null), true) as is_plain
    from said
    left join gold.dim_repos_history as version
        on version.repo_id = said.repo_id
        and version.valid_from <= said.last_time
        and (version.valid_to is null or version.valid_to > said.first_time)
    group by said.repo_id, said.repo_name, said.org_login, said.first_time
    having coalesce(min(version.valid_from) > said.first_time, true)
        or not bool_and((version.repo_name, version.org_login) is not distinct from (said.repo_name, said.org_login));

    with said as (
        select actor_id, actor_login, min(event_time) as first_time, max(event_time) as last_time
        from named_events
        where actor_id <> -1 and is_bot is not null
        group by actor_id, actor_login
    )
    insert into names_said (kind, id, name, first_time, is_plain)
    select
        'actor',
        said.actor_id,
        said.actor_login,
        said.first_time,
        coalesce(bool_and(version.actor_login = said.actor_login), true)
    from said
    left join gold.dim_actors_history as version
        on version.actor_id = said.actor_id
        and version.valid_from <= said.last_time
        and (version.valid_to is null or version.valid_to > said.first_time)
    group by said.actor_id, said.actor_login, said.first_time
    having coalesce(min(version.valid_from) > said.first_time, true)
        or not bool_and(version.actor_login = said.actor_login);

    -- One row per id whose history changes, and from when on.
    create temporary table names_changed on commit drop as
    select
        kind,
        id,
        min(first_time) as first_time,
        count(*) = 1 and bool_and(is_plain) as is_plain,
        case kind
            when 'repo' then not exists (select 1 from gold.dim_repos_history as version where version.repo_id = id)
            else not exists (select 1 from gold.dim_actors_history as version where version.actor_id = id)
        end as is_new
    from names_said
    group by kind, id;
    analyze names_said, names_changed;

    -- New ids with one name are the bulk of a large load.
    with written as (
        insert into gold.dim_repos_history (repo_id, valid_from, repo_name, org_login)
        select id, first_time, name, org_login
        from names_said
        join names_changed using (kind, id, first_time)
        where kind = 'repo' and names_changed.is_new and names_changed.is_plain
        order by id
        returning 1
    )
    select count(*) into changed from written;
    rows_changed := rows_changed + changed;
    with written as (
        insert into gold.dim_actors_history (actor_id, valid_from, actor_login)
        select id, first_time, name
        from names_said
        join names_changed using (kind, id, first_time)
        where kind = 'actor' and names_changed.is_new and names_changed.is_plain
        order by id
        returning 1
    )
    select count(*) into changed from written;
    rows_changed := rows_changed + changed;
    delete from names_changed where is_new and is_plain;

    -- What is known of each other id from then on: the history, new events, and old ones where a row is cut in two.
    create temporary table names_known on commit drop as
    select kind, id, name, org_login, first_time as event_time
    from names_said
    join names_changed using (kind, id, first_time)
    where names_changed.is_plain
    union all
    select changed_id.kind, changed_id.id, event.repo_name, event.org_login, event.event_time
    from names_changed as changed_id
    join named_events as event on event.repo_id = changed_id.id and event.event_time >= changed_id.first_time
    where changed_id.kind = 'repo' and not changed_id.is_plain and event.repo_name <> 'unknownrepo'
    union all
    select changed_id.kind, changed_id.id, event.actor_login, null, event.event_time
    from names_changed as changed_id
    join named_events as event on event.actor_id = changed_id.id and event.event_time >= changed_id.first_time
    where changed_id.kind = 'actor' and not changed_id.is_plain and event.is_bot is not null;
    drop view named_events;

    analyze names_known;

    -- Where new events cut a row in two: what it says, and until when.
    create temporary table names_cut on commit drop as
    select distinct known.kind, known.id, known.event_time, version.valid_to, version.repo_name as name, version.org_login
    from names_known as known
    join names_changed as changed_id using (kind, id)
    join gold.dim_repos_history as version
        on version.repo_id = known.id
        and version.valid_from <= known.event_time
        and (version.valid_to is null or version.valid_to > known.event_time)
    where kind = 'repo'
      and not changed_id.is_plain
      and (version.repo_name, version.org_login) is distinct from (known.name, known.org_login)
    union all
    select distinct known.kind, known.id, known.event_time, version.valid_to, version.actor_login, null
    from names_known as known
    join names_changed as changed_id using (kind, id)
    join gold.dim_actors_history as version
        on version.actor_id = known.id
        and version.valid_from <= known.event_time
        and (version.valid_to is null or version.valid_to > known.event_time)
    where kind = 'actor'
      and not changed_id.is_plain
      and version.actor_login <> known.name;

    insert into names_known (kind, id, name, org_login, event_time)
    select
        cut.kind,
        cut.id,
        case when near.is_known then near.repo_name else cut.name end,
        case when near.is_known then near.org_login else cut.org_login end,
        near.event_time
    from names_cut as cut
    cross join lateral gold.repo_names_near(cut.id, cut.event_time, coalesce(cut.valid_to, 'infinity')) as near
    where cut.kind = 'repo';

    insert into names_known (kind, id, name, event_time)
    select cut.kind, cut.id, case when near.is_known then near.actor_login else cut.name end, near.event_time
    from names_cut as cut
    cross join lateral gold.actor_logins_near(cut.id, cut.event_time, coalesce(cut.valid_to, 'infinity')) as near
    where cut.kind = 'actor';

    insert into names_known (kind, id, name, org_login, event_time)
    select 'repo', version.repo_id, version.repo_name, version.org_login, version.valid_from
    from names_changed as changed_id
    join gold.dim_repos_history as version on version.repo_id = changed_id.id
    where changed_id.kind = 'repo' and (version.valid_to is null or version.valid_to >= changed_id.first_time);

    insert into names_known (kind, id, name, event_time)
    select 'actor', version.actor_id, version.actor_login, version.valid_from
    from names_changed as changed_id
    join gold.dim_actors_history as version on version.actor_id = changed_id.id
    where changed_id.kind = 'actor' and (version.valid_to is null or version.valid_to >= changed_id.first_time);

    -- The latest names are known even when the facts that told them were dropped.
    insert into names_known (kind, id, name, org_login, event_time)
    select 'repo', repo.repo_id, repo.repo_name, repo.org_login, repo.last_event_time
    from names_changed as changed_id
    join gold.dim_repos as repo on repo.repo_id = changed_id.id
    where changed_id.kind = 'repo' and not changed_id.is_plain and repo.last_event_time >= changed_id.first_time;

    insert into names_known (kind, id, name, event_time)
    select 'actor', actor.actor_id, actor.actor_login, actor.last_event_time
    from names_changed as changed_id
    join gold.dim_actors as actor on actor.actor_id = changed_id.id
    where changed_id.kind = 'actor' and not changed_id.is_plain and actor.last_event_time >= changed_id.first_time;

    -- One row per row that the history is to have from then on.
    create temporary table names_laid on commit drop as
    with seconds as (
        select distinct on (kind, id, event_time) kind, id, event_time, name, org_login
        from names_known
        order by kind, id, event_time, name collate "C" desc, coalesce(org_login, '') collate "C" desc
    ),
    in_order as (
        select *, (name, org_login) is distinct from (lag(name) over by_time, lag(org_login) over by_time) as is_first
        from seconds
        window by_time as (partition by kind, id order by event_time)
    )
    select
        kind,
        id,
        name,
        org_login,
        event_time as valid_from,
        lead(event_time) over (partition by kind, id order by event_time) as valid_to
    from in_order
    where is_first;
    analyze names_laid;

    with gone as (
        delete from gold.dim_repos_history as version
        using names_changed as changed_id
        where changed_id.kind = 'repo'
          and version.repo_id = changed_id.id
          and (version.valid_to is null or version.valid_to >= changed_id.first_time)
          and not exists (
            select 1 from names_laid as laid
            where laid.kind = 'repo' and laid.id = version.repo_id and laid.valid_from = version.valid_from
          )
        returning 1
    )
    select count(*) into changed from gone;
    rows_changed := rows_changed + changed;
    with written as (
        insert into gold.dim_repos_history as version (repo_id, valid_from, valid_to, repo_name, org_login)
        select id, valid_from, valid_to, name, org_login
        from names_laid
        where kind = 'repo'
        order by id, valid_from
        on conflict (repo_id, valid_from) do update
        set valid_to = excluded.valid_to,
            repo_name = excluded.repo_name,
            org_login = excluded.org_login,
            updated_at = excluded.updated_at
        where (version.valid_to, version.repo_name, version.org_login)
            is distinct from (excluded.valid_to, excluded.repo_name, excluded.org_login)
        returning 1
    )
    select count(*) into changed from written;
    rows_changed := rows_changed + changed;

    with gone as (
        delete from gold.dim_actors_history as version
        using names_changed as changed_id
        where changed_id.kind = 'actor'
          and version.actor_id = changed_id.id
          and (version.valid_to is null or version.valid_to >= changed_id.first_time)
          and not exists (
            select 1 from names_laid as laid
            where laid.kind = 'actor' and laid.id = version.actor_id and laid.valid_from = version.valid_from
          )
        returning 1
    )
    select count(*) into changed from gone;
    rows_changed := rows_changed + changed;
    with written as (
        insert into gold.dim_actors_history as version (actor_id, valid_from, valid_to, actor_login)
        select id, valid_from, valid_to, name
        from names_laid
        where kind = 'actor'
        order by id, valid_from
        on conflict (actor_id, valid_from) do update
        set valid_to = excluded.valid_to,
            actor_login = excluded.actor_login,
            updated_at = excluded.updated_at
        where (version.valid_to, version.actor_login) is distinct from (excluded.valid_to, excluded.actor_login)
        returning 1
    )
    select count(*) into changed from written;
    rows_changed := rows_changed + changed;

    drop table names_said, names_changed, names_known, names_cut, names_laid;
    perform ops.advance_watermark('history', reached, reached, grace);
    return rows_changed;
end;
$$;
comment on function gold.load_history(timestamptz, interval) is 'Brings what new facts say of names to gold.dim_repos_history and gold.dim_actors_history; gives how many rows of them changed.';
