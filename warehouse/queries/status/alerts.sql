-- One row per alert that stands, the worst and oldest first. News is told once and does not stand.
select
    alerts.condition,
    alerts.subject,
    alerts.severity,
    alerts.since,
    round(extract(epoch from now() - alerts.since))::bigint as age_seconds
from ops.alerts as alerts
where alerts.recovered_at is null
  and not alerts.is_news
order by alerts.severity, alerts.since, alerts.condition, alerts.subject;
