import { formatCount } from '../../../apps/shared/report/quantities.ts';
import { headlineOf } from '../headline.ts';
import type { Report } from '../report.ts';
import { totalsChart, typeChart, volumeChart } from './charts.ts';
import { html } from './escape.ts';
import { renderAll, renderFindings, shortTime } from './render-checks.ts';
import { renderChanges, renderProfiles } from './render-tables.ts';
import { STYLE } from './style.ts';

const STATUS_WORDS = {
  fail: 'failed: the warehouse is wrong',
  error: 'could not be run',
  warn: 'warn: the data is odd',
  skipped: 'skipped: too little to go by',
  pass: 'passed',
} as const;

/** The report as one page that loads nothing and runs nothing, for a browser of any width, or paper. */
export function renderPage(report: Report): string {
  const { totals, checks, warehouse } = report;
  const statuses = (['fail', 'error', 'warn', 'skipped', 'pass'] as const).filter(
    (status) => totals[status] > 0,
  );
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Quality of ${warehouse.name}, ${report.made_at.slice(0, 10)}</title><style>${{ html: STYLE }}</style></head><body>
<header><h1>Quality report · warehouse ${warehouse.name}${warehouse.fed_by === 'simulator' ? ' (made-up events of the simulator)' : ''} · ${shortTime(report.made_at)} UTC</h1>
<p class="headline">${headlineOf(report)}</p>
${totalsChart(totals, checks.length)}
<ul class="legend">${statuses.map((status) => html`<li><span class="mark ${status}">${totals[status]}</span> ${STATUS_WORDS[status]}</li>`)}</ul></header>
<h2>What needs a look</h2>
${renderFindings(checks)}
<h2>What is in the warehouse</h2>
<div class="figures">${report.tables.map(({ table_name, row_count, is_estimate }) => html`<div><small>${table_name}</small><b>${is_estimate ? 'about ' : ''}${formatCount(row_count)}</b></div>`)}</div>
<p><small>Events of each UTC day, over the sixty days before the newest event</small></p>
${volumeChart(report.volume)}
<p><small>Types in these days</small></p>
${typeChart(report.types)}
<h2>Fields that came, went or changed</h2>
${renderChanges(report.changes)}
<h2>All checks</h2>
${renderAll(checks)}
<h2>Columns</h2>
${renderProfiles(report.profiles)}
<footer><p>Made by Assay. All times are UTC. A check is a query for the rows against a claim; it passes when there are none. It looks at what came in since its last run, or at everything with <code>--full</code>. Small columns beside a check are its last runs.</p></footer>
</body></html>`;
  return `${page.html}\n`;
}
