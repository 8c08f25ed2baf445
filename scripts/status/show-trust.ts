import { formatCount, formatSpan } from '../../apps/shared/report/quantities.ts';
import type { QualityStatus, StandingAlert, Status } from './read-status.ts';

/** More names than these are counted only: the command named at the end of the line shows all. */
const SHOWN = 3;

/** What the checks found last, and which alerts stand. */
export function showTrust({ quality, alerts, warehouse }: Status): string {
  return [
    `quality       ${showQuality(quality, Date.parse(warehouse.read_at))}`,
    `alerts        ${showAlerts(alerts)}`,
  ].join('\n');
}

function showQuality(quality: QualityStatus, readAt: number): string {
  if (quality.checked_at === null) return 'never checked; npm run quality';
  const found = [
    ['failed', quality.failed],
    ['could not be run', quality.not_run],
    ['warned', quality.warned],
  ] as const;
  const parts = [
    `${formatCount(quality.passed_count)} of ${formatCount(quality.check_count)} checks hold`,
    ...(quality.skipped_count > 0
      ? [`${formatCount(quality.skipped_count)} with too little to go by`]
      : []),
    ...found
      .filter(([, names]) => names.length > 0)
      .map(([what, names]) => `${formatCount(names.length)} ${what}: ${nameSome(names)}`),
  ];
  const isWell = found.every(([, names]) => names.length === 0);
  const age = formatSpan((readAt - Date.parse(quality.checked_at)) / 1000);
  return `${parts.join(', ')} (${age} ago)${isWell ? '' : '; npm run quality -- --last'}`;
}

function showAlerts(alerts: readonly StandingAlert[]): string {
  if (alerts.length === 0) return 'none stand';
  const names = alerts.map(
    ({ condition, subject, severity, age_seconds }) =>
      `${severity} ${condition}: ${subject} (${formatSpan(age_seconds)})`,
  );
  return `${formatCount(alerts.length)} ${alerts.length === 1 ? 'stands' : 'stand'}: ${nameSome(names)}; npm run alerts -- list`;
}

function nameSome(names: readonly string[]): string {
  const left = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
