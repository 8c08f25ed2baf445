import { formatCount, formatDuration } from '../../../apps/shared/report/quantities.ts';
import type { CheckReport } from '../report.ts';
import { textOf } from '../show-report.ts';
import { historyChart } from './charts.ts';
import { type Html, html } from './escape.ts';

const CATEGORY_WORDS: Readonly<Record<string, string>> = {
  schema: 'columns, types, keys',
  'referential integrity': 'every key points somewhere',
  'business rules': 'values that can be',
  completeness: 'values that are there',
  freshness: 'in time',
  reconciliation: 'nothing lost, nothing made up',
  consistency: 'layers agree',
  profile: 'columns as they used to be',
  anomalies: 'silence, noise, copies',
  'distribution shift': 'the mix as it used to be',
  'schema drift': 'fields of GitHub’s payloads',
};

/** Everything that needs a look, worst first, with the rows. */
export function renderFindings(checks: readonly CheckReport[]): Html {
  const findings = checks.filter(({ status }) => status !== 'pass' && status !== 'skipped');
  if (findings.length === 0) return html`<p>Nothing needs a look.</p>`;
  return html`${findings.map(renderFinding)}`;
}

function renderFinding(check: CheckReport): Html {
  return html`<section class="finding ${check.status}" id="${check.name}">
<div class="top"><span class="mark ${check.status}">${check.status}</span><div class="grow"><h3>${check.claim}</h3> <small>is the claim; ${countOf(check)}</small></div>${historyChart(check.history)}</div>
<p>${check.why}</p>
${check.message === null ? '' : html`<p><code>${check.message}</code></p>`}
${renderRows(check)}
<p><small>${check.layer} · ${check.category} · looked at ${windowOf(check)}, ${formatDuration(check.duration_ms)} · <code>npm run quality -- --only ${check.name}</code></small></p></section>`;
}

function countOf({ status, row_count, is_row_count_exact }: CheckReport): string {
  if (status === 'error' || row_count === null) return 'it could not be checked';
  const count = `${is_row_count_exact ? '' : 'more than '}${formatCount(row_count)}`;
  return `${count} ${row_count === 1 ? 'row is' : 'rows are'} against it`;
}

function windowOf({ checked_since }: CheckReport): string {
  return checked_since === null ? 'everything' : `what came in since ${shortTime(checked_since)}`;
}

function renderRows({ columns, sample, grain, row_count }: CheckReport): Html | '' {
  if (sample.length === 0) return '';
  const note = sample.length < (row_count ?? 0) ? ` The first ${sample.length} are shown.` : '';
  return html`<p><small>${grain}${note}</small></p><div class="scroll"><table class="rows"><thead><tr>${columns.map((column) => html`<th scope="col" class="${isNumeric(sample, column) ? 'number' : ''}">${column.replaceAll('_', ' ')}</th>`)}</tr></thead>
<tbody>${sample.map((row) => html`<tr>${columns.map((column) => cell(row[column]))}</tr>`)}</tbody></table></div>`;
}

function isNumeric(sample: CheckReport['sample'], column: string): boolean {
  return sample.some((row) => typeof row[column] === 'number');
}

function cell(value: unknown): Html {
  if (value === null || value === undefined) return html`<td class="null">none</td>`;
  if (typeof value === 'number') return html`<td class="number">${value}</td>`;
  const text = textOf(value);
  return isTime(text) ? html`<td class="time">${shortTime(text)}</td>` : html`<td>${text}</td>`;
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
}

/** 2026-01-31T07:00:00.5+00:00 → 2026-01-31 07:00:00 */
export function shortTime(text: string): string {
  return text.slice(0, 19).replace('T', ' ');
}

/** All checks by category, closed where nothing needs a look. */
export function renderAll(checks: readonly CheckReport[]): Html {
  const categories = [
    ...new Set([...Object.keys(CATEGORY_WORDS), ...checks.map(({ category }) => category)]),
  ];
  return html`${categories.map((category) => {
    const own = checks.filter((check) => check.category === category);
    if (own.length === 0) return '';
    const odd = own.filter(({ status }) => status !== 'pass').length;
    return html`<details${odd > 0 ? html` open` : ''}><summary><b>${category.charAt(0).toUpperCase() + category.slice(1)}</b> <small>${CATEGORY_WORDS[category] ?? ''} · ${own.length - odd} of ${own.length} passed</small></summary><div><ul class="quietly">${own.map(renderLine)}</ul></div></details>`;
  })}`;
}

function renderLine({ status, claim, why, message, severity, history, name }: CheckReport): Html {
  const link =
    status === 'pass' || status === 'skipped'
      ? html`${claim}`
      : html`<a href="#${name}">${claim}</a>`;
  return html`<li><span class="mark ${status}">${status}</span><span class="grow">${link} <small>${message ?? why}${severity === 'warn' ? '' : ' Severity: fail.'}</small></span>${historyChart(history)}</li>`;
}
