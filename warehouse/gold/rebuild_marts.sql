-- Counts a month of the marts anew, from the facts and what silver knows of them. Gives how many rows changed, 0 when the
-- month is left as it is. Restartable: all or nothing. To be called under the transformer's lock.
--
-- Left as they are: a month whose facts were dropped, and one that silver has dropped and the marts have counted: only silver
-- knows what a pull request's event did. A month that silver dropped before there were marts is counted from facts alone, with
-- what they do not tell as unknown.
--
-- gold.mart_subjects is only added to: a subject may have events in other months. Where events were taken away, see
-- gold.recount_subjects.
create or replace function gold.rebuild_marts(of_month date) returns bigint
language plpgsql as $$
declare
    month_start constant timestamptz := of_month::timestamp at time zone 'UTC';
    month_end constant timestamptz := (of_month + interval '1 month') at time zone 'UTC';
    first_date constant integer := to_char(of_month, 'YYYYMMDD');
    last_date constant integer := to_char(of_month + interval '1 month' - interval '1 day', 'YYYYMMDD');
    has_silver constant boolean := not month_start <@ ops.dropped_times('silver.events');
    changed bigint := 0;
begin
    delete from ops.pending_marts where month = of_month;
    if month_start <@ ops.dropped_times('gold.fact_events')
        or not has_silver and exists (select from gold.mart_event_counts where hour >= month_start and hour < month_end)
    then
        return 0;
    end if;
    delete from gold.mart_event_counts where hour >= month_start and hour < month_end;
    delete from gold.mart_activity where date_id between first_date and last_date;

    drop table if exists pg_temp.new_events;
    if has_silver then
        create temporary table new_events as
        select event.*
        from silver.v_events as event
        join gold.fact_events as fact
            on fact.event_id = event.event_id
            and fact.event_type = event.event_type
            and fact.event_time = event.event_time
        where event.event_time >= month_start and event.event_time < month_end
          and fact.event_time >= month_start and fact.event_time < month_end;
    else
        create temporary table new_events as
        select
            event.event_type, event.event_time, to_char(event.date_day, 'YYYYMMDD')::integer as date_id, event.actor_id, event.is_bot,
            event.repo_id, null::text as action, null::bigint as number, null::boolean as is_merged,
            null::timestamptz as opened_at, null::timestamptz as closed_at, null::timestamptz as merged_at
        from gold.v_events as event
        where event.event_time >= month_start and event.event_time < month_end;
    end if;
    analyze pg_temp.new_events;
    changed := gold.load_marts();
    drop table pg_temp.new_events;
    return changed;
end;
$$;
comment on function gold.rebuild_marts(date) is 'Counts a month of the marts anew, from the facts and what silver knows of them.';

-- Has all marts counted anew by the next run of the transformer, a month at a time: those that can be, see gold.rebuild_marts.
create or replace function ops.reset_marts() returns void
language plpgsql as $$
begin
    insert into ops.pending_marts (month)
    select date_trunc('month', event_time at time zone 'UTC')::date from gold.fact_events
    union
    select date_trunc('month', hour at time zone 'UTC')::date from gold.mart_event_counts
    on conflict do nothing;
    delete from ops.pending_marts
    where month::timestamp at time zone 'UTC' <@ (ops.dropped_times('silver.events') + ops.dropped_times('gold.fact_events'))
      and month in (select date_trunc('month', hour at time zone 'UTC')::date from gold.mart_event_counts);
    if isempty(ops.dropped_times('silver.events')) then
        delete from gold.mart_subjects;
    end if;
end;
$$;
comment on function ops.reset_marts() is 'Has all marts that can be counted anew be counted by the next run of the transformer.';
