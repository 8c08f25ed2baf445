-- Takes what the conditions found into ops.alerts: one object per finding {condition, subject, severity, detail, since, is_news}.
--
-- An alert of a condition in `checked` that was not found has recovered. One whose condition could not be read stays
-- as it is: not to know is not to be well.
create or replace function ops.note_findings(findings jsonb, checked text[])
returns void
language sql
begin atomic
    insert into ops.alerts as stored (condition, subject, severity, detail, since, is_news)
    -- A condition that names a subject twice means the worse.
    select distinct on (found.condition, found.subject)
        found.condition,
        found.subject,
        found.severity,
        found.detail,
        coalesce(found.since, now()),
        coalesce(found.is_news, false)
    from jsonb_to_recordset(findings)
        as found (condition text, subject text, severity text, detail text, since timestamptz, is_news boolean)
    order by found.condition, found.subject, found.severity, found.since, found.detail
    on conflict (condition, subject) do update set
        severity = excluded.severity,
        detail = excluded.detail,
        since = excluded.since,
        is_news = excluded.is_news,
        opened_at = case when stored.recovered_at is null then stored.opened_at else excluded.opened_at end,
        last_seen_at = excluded.last_seen_at,
        seen_count = case when stored.recovered_at is null then stored.seen_count + 1 else 1 end,
        last_recovered_at = coalesce(stored.recovered_at, stored.last_recovered_at),
        recovered_at = null;

    update ops.alerts as gone
    set recovered_at = now()
    where gone.condition = any (checked)
      and gone.recovered_at is null
      and not exists (
        select 1
        from jsonb_to_recordset(findings) as found (condition text, subject text)
        where found.condition = gone.condition
          and found.subject = gone.subject
    );
end;

comment on function ops.note_findings is 'Takes what the conditions found into ops.alerts; alerts of checked conditions that were not found have recovered.';
