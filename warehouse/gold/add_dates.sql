-- Adds the UTC days of a range, those that dim_date has aside. Gives how many were added.
create or replace function gold.add_dates(first_day date, last_day date) returns bigint
language sql as $$
    with added as (
        insert into gold.dim_date (
            date_id, date_day, year, quarter, month, month_name, day_of_month, day_of_week, day_name, iso_week, is_weekend
        )
        select
            to_char(day, 'YYYYMMDD')::integer,
            day::date,
            extract(year from day),
            extract(quarter from day),
            extract(month from day),
            to_char(day, 'FMMonth'),
            extract(day from day),
            extract(isodow from day),
            to_char(day, 'FMDay'),
            extract(week from day),
            extract(isodow from day) >= 6
        from generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') as series (day)
        on conflict do nothing
        returning 1
    )
    select count(*) from added;
$$;
comment on function gold.add_dates(date, date) is 'Adds the UTC days of a range that dim_date lacks, and says how many.';
