-- One row per alert that a channel is to be told of now, the worst and oldest first.
--
-- - new: it stands and the channel does not know, or was told that it had recovered, or of a milder severity
-- - again: it still stands, and the channel was told a cool-down ago or longer
-- - recovered: it is gone, and the channel was told that it stood. One that had come back within a cool-down is told
--   to be gone only after it stayed away for a cool-down: else what comes and goes would fill the channel.
--
-- News is told as new, once.
create or replace function ops.due_notices(channel text, cooldown interval)
returns table (
    kind text,
    condition text,
    subject text,
    severity text,
    detail text,
    since timestamptz,
    recovered_at timestamptz
)
language sql
stable
begin atomic
    with
    judged as (
        select
            alerts.*,
            case
                when alerts.is_news and (notices.told is not null or alerts.recovered_at is not null) then null
                when alerts.recovered_at is null and notices.told is distinct from 'standing' then 'new'
                when alerts.recovered_at is null and notices.severity = 'warn' and alerts.severity = 'fail' then 'new'
                when alerts.recovered_at is null and notices.told_at <= now() - due_notices.cooldown then 'again'
                when alerts.recovered_at is not null
                    and notices.told = 'standing'
                    and (
                        alerts.last_recovered_at is null
                        or alerts.opened_at > alerts.last_recovered_at + due_notices.cooldown
                        or alerts.recovered_at <= now() - due_notices.cooldown
                    )
                    then 'recovered'
            end as kind
        from ops.alerts as alerts
        left join ops.alert_notices as notices
            on notices.condition = alerts.condition
            and notices.subject = alerts.subject
            and notices.channel = due_notices.channel
    )
    select judged.kind, judged.condition, judged.subject, judged.severity, judged.detail, judged.since, judged.recovered_at
    from judged
    where judged.kind is not null
    order by judged.kind = 'recovered', judged.severity, judged.since, judged.condition, judged.subject;
end;

comment on function ops.due_notices is 'One row per alert that a channel is to be told of now: kind is new, again or recovered.';
