-- One row per item of a batch that bronze.raw_events would refuse, without trying to store any.
--
-- items  JSON texts with the record separator U+001E between them
--
-- What PostgreSQL can only find out by failing (nesting past its stack, SQLSTATE 54001) it cannot name: it gives no row
-- then, and the caller halves the batch. SQLSTATEs are those that storing the item would raise.
create or replace function bronze.find_refused(items text)
returns table (item_number bigint, error_code text, error_message text)
language plpgsql stable as $$
begin
    return query
    with checked as (
        select item.n, item.text, fault.sql_error_code as code, fault.message
        from string_to_table(items, E'\x1e') with ordinality as item (text, n)
        cross join lateral pg_input_error_info(item.text, 'jsonb') as fault
        offset 0
    ),
    keyed as (
        select
            checked.*,
            bronze.event_id(parsed.event) as event_id,
            bronze.event_type(parsed.event) as event_type
        from checked
        cross join lateral (select case when checked.code is null then checked.text::jsonb end as event offset 0) as parsed
        offset 0
    ),
    judged as (
        select
            keyed.n,
            case
                when keyed.code is not null then keyed.code
                when keyed.event_id is null or keyed.event_type is null then '23502'
                when not bronze.is_identity(keyed.event_id, keyed.event_type) then '23514'
            end as code,
            case
                when keyed.code is not null then keyed.message
                when keyed.event_id is null then 'the item has no id'
                when keyed.event_type is null then 'the item has no type'
                else 'the item''s id or type is empty or longer than 200 characters'
            end as message
        from keyed
    )
    select judged.n, judged.code, judged.message
    from judged
    where judged.code is not null
    order by judged.n;
exception
    when data_exception or program_limit_exceeded then
        return;
end;
$$;
comment on function bronze.find_refused(text) is 'One row per item of a batch that bronze.raw_events would refuse, and why.';
