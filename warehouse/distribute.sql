-- Spreads the warehouse over the workers of a Citus cluster: `npm run setup-db -- --distributed`, or psql -f on the
-- coordinator. Any number of times: what is distributed already is left alone. docs/scale-out.md tells when and how.
--
-- bronze.raw_events, bronze.sightings, silver.events, gold.fact_events    by event_id, side by side, with all their partitions
-- the dimensions that facts point to                                     a copy on every node
-- everything else (dead letters, ops, completeness, marts)               on the coordinator, as before
--
-- Rows that are there already are moved along. Writers wait meanwhile, readers do not.

begin;

-- Copying rows and checking foreign keys on several connections at once would wait for itself.
set local citus.multi_shard_modify_mode to 'sequential';
-- Facts point to dimensions. Without this, each dimension would first turn the facts into a table of another kind.
set local citus.enable_local_reference_table_foreign_keys to off;

do $distribute$
declare
    dimension text;
    events text;
    helper regprocedure;
begin
    -- The lock of setup-db: two at once come one after the other.
    perform pg_advisory_xact_lock(hashtext('assay.install'));
    if not exists (select from pg_dist_node where groupid = 0) then
        raise exception 'The coordinator does not know its own address.'
            using hint = 'Tell it, with a name that the workers can reach: select citus_set_coordinator_host(''NAME'', 5432);';
    end if;
    if not exists (select from pg_dist_node where groupid <> 0 and isactive) then
        raise exception 'The cluster has no workers.'
            using hint = 'Add each on the coordinator: select citus_add_node(''NAME'', 5432);';
    end if;

    -- Before the facts: a distributed table may point to tables only of which every node has a copy.
    foreach dimension in array array['gold.dim_date', 'gold.dim_actors', 'gold.dim_repos', 'gold.dim_event_types'] loop
        if not exists (select from pg_dist_partition where logicalrelid = dimension::regclass) then
            perform create_reference_table(dimension::regclass);
        end if;
    end loop;

    if not exists (select from pg_dist_partition where logicalrelid = 'bronze.raw_events'::regclass) then
        perform create_distributed_table('bronze.raw_events'::regclass, 'event_id', colocate_with => 'none');
    end if;
    foreach events in array array['bronze.sightings', 'silver.events', 'gold.fact_events'] loop
        if not exists (select from pg_dist_partition where logicalrelid = events::regclass) then
            perform create_distributed_table(events::regclass, 'event_id', colocate_with => 'bronze.raw_events');
        end if;
    end loop;

    -- Functions that read no table, as their mark "parallel safe" says. Statements that are sent to the workers call them.
    for helper in
        select pg_proc.oid::regprocedure
        from pg_proc
        where pg_proc.pronamespace in ('ops'::regnamespace, 'bronze'::regnamespace, 'silver'::regnamespace, 'gold'::regnamespace)
          and pg_proc.prokind = 'f'
          and pg_proc.proparallel = 's'
          and not exists (
            select from pg_dist_object
            where pg_dist_object.classid = 'pg_proc'::regclass and pg_dist_object.objid = pg_proc.oid
          )
        order by 1
    loop
        perform create_distributed_function(helper);
    end loop;
end;
$distribute$;

commit;

-- What was moved still lies on the coordinator's disk, where nobody reads it. Facts first: dimensions they point to come after.
do $free$
declare
    leftover regclass;
begin
    for leftover in
        select moved.name
        from unnest(array[
            'gold.fact_events', 'silver.events', 'bronze.sightings', 'bronze.raw_events',
            'gold.dim_date', 'gold.dim_actors', 'gold.dim_repos', 'gold.dim_event_types'
        ]::regclass[]) with ordinality as moved (name, position)
        where pg_relation_size(moved.name)
            + (select coalesce(sum(pg_relation_size(part.relid)), 0) from pg_partition_tree(moved.name) as part) > 0
        order by moved.position
    loop
        perform truncate_local_data_after_distributing_table(leftover);
    end loop;
end;
$free$;
