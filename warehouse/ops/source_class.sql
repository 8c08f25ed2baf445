-- The kind of a source, by which captures are compared:
--
--     api:public                      public-feed       our own polls of the public timeline
--     api:orgs/x, api:repos/x/y, …    own-feed          our own polls of narrower feeds
--     gharchive:2026-01-31-7          gharchive
--     archive:NAME:2026-01-31-7       archive:NAME      another archive
--     file:NAME                       file
create or replace function ops.source_class(source text) returns text
language sql immutable parallel safe as $$
    select case
        when source = 'api:public' then 'public-feed'
        when source like 'api:%' then 'own-feed'
        when source like 'archive:%' then 'archive:' || split_part(source, ':', 2)
        else split_part(source, ':', 1)
    end;
$$;
comment on function ops.source_class(text) is 'The kind of a source: public-feed, own-feed, gharchive, archive:NAME or file.';
