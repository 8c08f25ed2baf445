-- The next slice of bronze to bring to silver: from `after_time` on, whole values of ingested_at (the rows of one
-- transaction share one) that hold about batch_size rows.
--
-- Gives where it ends (NULL when nothing is left to read), whether it is the last, how many rows it holds, and the span of
-- their created_at (NULL when none has any).
create or replace function silver.next_slice(
    after_time timestamptz,
    batch_size integer,
    out up_to timestamptz,
    out is_last boolean,
    out rows_read bigint,
    out oldest timestamptz,
    out newest timestamptz
)
language sql stable as $$
    select max(ingested_at), count(*) < batch_size, count(*), min(created_at), max(created_at)
    from (
        select ingested_at, created_at
        from bronze.raw_events
        where ingested_at > after_time
        order by ingested_at
        fetch first (batch_size) rows with ties
    ) as slice;
$$;
comment on function silver.next_slice(timestamptz, integer) is 'Where the next slice of bronze to bring to silver ends, and what it holds.';
