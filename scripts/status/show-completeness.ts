import { formatCount, formatSpan } from '../../apps/shared/report/quantities.ts';
import type { CaptureRate, GapsAndHealing, Status } from './read-status.ts';

/** What part of the public events came in, where something may be missing, and when gaps were last filled. */
export function showCompleteness({ capture_rate, gaps, warehouse }: Status): string {
  const readAt = Date.parse(warehouse.read_at);
  return [
    `captured      ${showRates(capture_rate)}`,
    `gaps          ${showGaps(gaps, readAt)}`,
    `last healing  ${showHealing(gaps, readAt)}`,
    '',
  ].join('\n');
}

function showRates(rates: readonly CaptureRate[]): string {
  if (rates.length === 0) return 'nothing this month';
  return rates.map((rate) => `${rate.span} ${showRate(rate)}`).join(' · ');
}

function showRate({
  capture_rate,
  capture_rate_low,
  capture_rate_high,
  captured_count,
}: CaptureRate): string {
  if (capture_rate === null)
    return `${formatCount(captured_count)} events, of how many is not known`;
  return `${percent(capture_rate)} (${percent(capture_rate_low)} to ${percent(capture_rate_high)})`;
}

function showGaps(gaps: GapsAndHealing, readAt: number): string {
  if (gaps.open_count === 0) return 'none open';
  const kinds = [
    [gaps.no_overlap_count, 'walks without overlap'],
    [gaps.outage_count, 'outages'],
    [gaps.archive_missing_count, 'archive hours'],
  ] as const;
  const named = kinds
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${formatCount(count)} ${kind}`);
  return `${formatCount(gaps.open_count)} open (${named.join(', ')}), the oldest ${ago(gaps.open_since, readAt)}; npm run heal`;
}

function showHealing(gaps: GapsAndHealing, readAt: number): string {
  if (gaps.last_healed_at === null) return 'never';
  const files = formatCount(gaps.last_healing_file_count ?? 0);
  const events = formatCount(gaps.last_healing_event_count ?? 0);
  return `${ago(gaps.last_healed_at, readAt)}: ${files} files, ${events} new events`;
}

function ago(time: string | null, readAt: number): string {
  return time === null ? 'never' : `${formatSpan((readAt - Date.parse(time)) / 1000)} ago`;
}

function percent(share: number | null): string {
  return share === null ? 'unknown' : `${(share * 100).toFixed(1)} %`;
}
