import {
  formatBytes,
  formatCount,
  formatDuration,
  formatSpan,
} from '../../apps/shared/report/quantities.ts';
import type { TableOptions } from '../../apps/shared/report/table-format.ts';
import { textTable } from '../../apps/shared/report/text-table.ts';
import type { FeedStatus, Status } from './read-status.ts';
import { showCompleteness } from './show-completeness.ts';
import { showTrust } from './show-trust.ts';

/** More feeds than this would push the rest off the screen. */
const SHOWN_FEEDS = 10;
const SHOWN_ERRORS = 3;
const GOOD_OUTCOMES = new Set(['events', 'not-modified', 'past-end']);
const NOTHING = '-';

/** The status as text, about 30 lines for a warehouse with one feed. */
export function showStatus(status: Status, options: TableOptions = {}): string {
  return [
    showSummary(status),
    showLayers(status, options),
    showFeeds(status.feeds, options),
    showRuns(status, options),
    showTroubles(status),
    showTrust(status),
    showCompleteness(status),
  ].join('\n');
}

function showSummary({ warehouse, transformer }: Status): string {
  const origin =
    warehouse.origin === null
      ? 'not fed yet'
      : warehouse.origin === 'github'
        ? 'fed by GitHub'
        : `fed by the ${warehouse.origin}`;
  const port = warehouse.server_port === null ? '' : ` on port ${warehouse.server_port}`;
  // Another role's sessions may be hidden from us.
  const state =
    transformer?.is_working === true
      ? 'working'
      : transformer?.is_working === false
        ? 'waiting for its schedule'
        : 'connected';
  return [
    `warehouse    ${warehouse.database_name}${port} · PostgreSQL ${warehouse.server_version}${warehouse.has_citus ? ' with Citus' : ''} · ${formatBytes(warehouse.database_bytes)} · ${origin}`,
    `transformer  ${transformer === null ? 'none runs' : `${state} (server process ${transformer.pid})`}`,
    '',
  ].join('\n');
}

function showLayers({ freshness, backlog, row_counts, feeds }: Status, options: TableOptions) {
  const age = (stage: string) => freshness.find((row) => row.stage === stage)?.age_seconds ?? null;
  const count = (table: string) => {
    const found = row_counts.find((row) => row.table_name === table);
    if (found === undefined) return NOTHING;
    return `${found.is_estimate ? 'about ' : ''}${formatCount(found.row_count)}`;
  };
  const size = (table: string) => {
    const found = row_counts.find((row) => row.table_name === table);
    return found === undefined ? NOTHING : formatBytes(found.size_bytes);
  };
  const waiting = (pipeline: string) =>
    formatCount(backlog.find((row) => row.pipeline === pipeline)?.waiting_count ?? 0);
  const polled = feeds.map((feed) => feed.age_seconds);
  return textTable(
    ['layer', 'newest', 'rows:', 'on disk:', 'waiting for it:', 'what it counts'],
    [
      [
        'poll',
        ago(polled.length === 0 ? null : Math.min(...polled)),
        '',
        '',
        '',
        'the last request to a feed',
      ],
      [
        'bronze',
        ago(age('bronze')),
        count('bronze.raw_events'),
        size('bronze.raw_events'),
        '',
        'events stored',
      ],
      [
        'silver',
        ago(age('silver')),
        count('silver.events'),
        size('silver.events'),
        waiting('silver'),
        'events cleaned',
      ],
      [
        'gold',
        ago(age('gold')),
        count('gold.fact_events'),
        size('gold.fact_events'),
        waiting('gold'),
        'facts',
      ],
      ['event', ago(age('event')), '', '', '', 'the newest fact, by its own time'],
    ],
    options,
  );
}

function showFeeds(feeds: readonly FeedStatus[], options: TableOptions): string {
  if (feeds.length === 0) return 'No feed was ever polled.\n';
  const isFailing = (feed: FeedStatus) => !GOOD_OUTCOMES.has(feed.outcome);
  const failing = feeds.filter(isFailing);
  const shown = [...failing, ...feeds.filter((feed) => !isFailing(feed))].slice(0, SHOWN_FEEDS);
  const left = feeds.length - shown.length;
  const overlapped = (feed: FeedStatus) =>
    feed.overlapped_percent_24h === null ? NOTHING : `${feed.overlapped_percent_24h} %`;
  const quota = (feed: FeedStatus) =>
    feed.quota_remaining === null
      ? NOTHING
      : `${formatCount(feed.quota_remaining)} of ${formatCount(feed.quota_limit ?? 0)}`;
  const rows = textTable(
    [
      'feed',
      'last poll',
      'answer',
      'fetched:',
      'new:',
      'known:',
      'refused:',
      'walks in 24 h:',
      'overlapped:',
      'quota left:',
    ],
    shown.map((feed) => [
      feed.feed,
      ago(feed.age_seconds),
      feed.outcome,
      formatCount(feed.fetched),
      formatCount(feed.inserted),
      formatCount(feed.duplicates),
      formatCount(feed.dead_lettered),
      formatCount(feed.walks_24h),
      overlapped(feed),
      quota(feed),
    ]),
    options,
  );
  const errors = failing
    .slice(0, SHOWN_ERRORS)
    .map((feed) => `${feed.feed}: ${firstLine(feed.error ?? `HTTP ${feed.http_status}`)}\n`);
  const more = left === 0 ? '' : `and ${left} more feeds; --json shows all\n`;
  return `${rows}${more}${errors.join('')}`;
}

function showRuns({ last_runs }: Status, options: TableOptions): string {
  if (last_runs.length === 0) return 'The transformer has never run.\n';
  return textTable(
    ['last run', 'status', 'started', 'took:', 'rows:', 'steps'],
    last_runs.map((run) => [
      run.pipeline,
      run.status,
      ago(run.age_seconds),
      run.duration_ms === null ? NOTHING : formatDuration(run.duration_ms),
      run.rows_out === null ? NOTHING : formatCount(run.rows_out),
      run.steps.map((step) => `${step.step} ${formatDuration(step.duration_ms)}`).join(', '),
    ]),
    options,
  );
}

function showTroubles({ dead_letters, failed_runs, warehouse }: Status): string {
  const open = dead_letters.reduce((total, letter) => total + letter.open_count, 0);
  const newest = Math.max(...dead_letters.map((letter) => Date.parse(letter.last_failed_at)));
  const codes = dead_letters.map((letter) => `${letter.error_code} × ${letter.open_count}`);
  const [lastFailed] = failed_runs;
  return [
    open === 0
      ? 'dead letters  none open'
      : `dead letters  ${formatCount(open)} open, newest ${ago((Date.parse(warehouse.read_at) - newest) / 1000)}: ${codes.join(', ')}`,
    lastFailed === undefined
      ? 'failed runs   none in 24 h'
      : `failed runs   ${failed_runs.length} in 24 h, last ${lastFailed.pipeline} ${ago(lastFailed.age_seconds)}: ${firstLine(lastFailed.error ?? 'no reason was recorded')}`,
  ].join('\n');
}

function ago(seconds: number | null): string {
  return seconds === null ? 'never' : `${formatSpan(seconds)} ago`;
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
