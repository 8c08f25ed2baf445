-- Enters a gap that was found, so that however often it is found it stands there once. What is known as healed is left
-- out; what touches or overlaps an open gap of the same kind and feed becomes one with it, within a UTC day: a gap
-- must end somewhere to be closed. Gives how many rows changed.
create or replace function ops.keep_feed_gap(of_kind text, of_feed text, span tstzrange, why text)
returns integer
language plpgsql as $$
declare
    day_start timestamp := date_trunc('day', lower(span) at time zone 'UTC');
    of_day tstzrange;
    piece tstzrange;
    absorbed bigint[];
    changed integer := 0;
begin
    while day_start at time zone 'UTC' < upper(span) loop
        of_day := tstzrange(day_start at time zone 'UTC', (day_start + interval '1 day') at time zone 'UTC');
        for piece in
            with known as (
                select gap_id, status, tstzrange(gap_from, gap_to) as span
                from ops.feed_gaps
                where kind = of_kind and feed = of_feed and gap_to > lower(of_day) and gap_from < upper(of_day)
            ),
            found as (
                select tstzmultirange(keep_feed_gap.span * of_day)
                    - coalesce((select range_agg(known.span) from known where status = 'healed'), '{}') as spans
            )
            select merged.span
            from (
                select unnest(spans + coalesce((select range_agg(known.span) from known where status = 'open'), '{}')) as span
                from found
            ) as merged
            cross join found
            where merged.span && found.spans
        loop
            absorbed := (
                select array_agg(gap_id order by gap_id)
                from ops.feed_gaps
                where kind = of_kind and feed = of_feed and status = 'open'
                  and gap_to > lower(of_day) and gap_from < upper(of_day)
                  and tstzrange(gap_from, gap_to) <@ piece
            );
            if absorbed is null then
                insert into ops.feed_gaps (kind, feed, gap_from, gap_to, note)
                values (of_kind, of_feed, lower(piece), upper(piece), why);
                changed := changed + 1;
            elsif cardinality(absorbed) > 1
                or exists (select 1 from ops.feed_gaps where gap_id = absorbed[1] and (gap_from <> lower(piece) or gap_to <> upper(piece)))
            then
                delete from ops.feed_gaps where gap_id = any (absorbed[2:]);
                update ops.feed_gaps set gap_from = lower(piece), gap_to = upper(piece), note = why where gap_id = absorbed[1];
                changed := changed + 1;
            end if;
        end loop;
        day_start := day_start + interval '1 day';
    end loop;
    return changed;
end;
$$;
comment on function ops.keep_feed_gap(text, text, tstzrange, text) is 'Enters a gap once, however often it is found, and merges it with open ones of its kind, feed and day that it touches.';
