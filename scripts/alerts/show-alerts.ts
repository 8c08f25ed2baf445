import type { Queryable } from '../../apps/shared/database.ts';
import { textTable } from '../../apps/shared/report/text-table.ts';

interface AlertRow {
  state: 'stands' | 'news' | 'over';
  severity: string;
  condition: string;
  subject: string;
  since: string;
  told: string[];
  detail: string;
}

/**
 * Lists the alerts that stand and those that were over within seven days.
 *
 * @returns the text to print, JSON when asked for.
 */
export async function showAlerts(client: Queryable, asJson: boolean): Promise<string> {
  const { rows } = await client.query<AlertRow>(
    `select
       case when alerts.is_news then 'news' when alerts.recovered_at is null then 'stands' else 'over' end as state,
       alerts.severity, alerts.condition, alerts.subject,
       to_char(alerts.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
       coalesce((
         select array_agg(notices.channel order by notices.channel)
         from ops.alert_notices as notices
         where notices.condition = alerts.condition and notices.subject = alerts.subject
       ), '{}') as told,
       alerts.detail
     from ops.alerts as alerts
     where alerts.recovered_at is null or alerts.recovered_at > now() - interval '7 days'
     order by alerts.recovered_at is not null, alerts.severity, alerts.since, alerts.condition, alerts.subject`,
  );
  if (asJson) return `${JSON.stringify(rows, null, 2)}\n`;
  if (rows.length === 0) return 'No alert stands.\n';
  return textTable(
    ['state', 'severity', 'condition', 'subject', 'since', 'told', 'detail'],
    rows.map((row) => [
      row.state,
      row.severity,
      row.condition,
      row.subject,
      row.since,
      row.told.join(', '),
      row.detail,
    ]),
  );
}
