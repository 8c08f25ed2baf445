-- The next slice of bronze to bring to silver: from `after_time` on, whole values of ingested_at (the rows of one
-- transaction share one) that hold about batch_size rows.
--
-- Gives where it ends (NULL when nothing is left to read), whether it is the last, and how many rows it holds.
create or replace function silver.next_slice(
    after_time timestamptz,
    batch_size integer,
    out up_to timestamptz,
    out is_last boolean,
    out rows_read bigint
)
language plpgsql stable as $$
begin
    select max(slice.ingested_at), count(*) < batch_size
    into up_to, is_last
    from (
        select ingested_at from bronze.raw_events
        where ingested_at > after_time
        order by ingested_at
        limit batch_size
    ) as slice;

    select count(*) into rows_read
    from bronze.raw_events
    where ingested_at > after_time and ingested_at <= up_to;
end;
$$;
comment on function silver.next_slice(timestamptz, integer) is 'Where the next slice of bronze to bring to silver ends.';
