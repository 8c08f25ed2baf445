-- One row per archive and hour that a download was tried of, among the hours that begin in a span of time: is the file
-- loaded whole, and if not, what is the matter with it. A file that was read to its end is whole, even if single items of
-- it were refused: these are in the dead letters.
create or replace function ops.archive_hours(from_time timestamptz, to_time timestamptz)
returns table (archive text, hour timestamptz, is_whole boolean, trouble text)
language plpgsql stable as $$
begin
    return query
    select
        ops.source_class(file.source),
        file.hour,
        file.status = 'complete' or (file.status = 'partial' and file.was_read_whole),
        case when not (file.status = 'complete' or (file.status = 'partial' and file.was_read_whole)) then file.status end
    from ops.source_files as file
    where file.hour >= from_time and file.hour < to_time;
end;
$$;
comment on function ops.archive_hours(timestamptz, timestamptz) is 'One row per archive and hour that a download was tried of: whether the file is loaded whole.';
