import { formatCount } from '../../../apps/shared/report/quantities.ts';
import type { CheckReport, DayVolume, TypeVolume } from '../report.ts';
import { type Html, html } from './escape.ts';

/** Events of each day as columns. Days without any leave a hole. */
export function volumeChart(days: readonly DayVolume[]): Html {
  const first = Date.parse(days[0]?.day ?? '');
  const last = Date.parse(days.at(-1)?.day ?? '');
  if (Number.isNaN(first)) return html`<p class="quiet">No hours have been counted yet.</p>`;
  const count = Math.max(1, Math.round((last - first) / 86_400_000) + 1);
  const most = Math.max(...days.map(({ event_count }) => event_count));
  const width = 720;
  const height = 120;
  const step = width / Math.max(count, 20);
  const columns = days.map(({ day, event_count }) => {
    const x = Math.round((Date.parse(day) - first) / 86_400_000) * step;
    const size = Math.max(1, (event_count / most) * height);
    return html`<rect x="${x.toFixed(1)}" y="${(height - size).toFixed(1)}" width="${Math.max(1, step - 2).toFixed(1)}" height="${size.toFixed(1)}"><title>${day}: ${formatCount(event_count)} events</title></rect>`;
  });
  return html`<svg class="volume" viewBox="0 0 ${width} ${height + 1}" role="img" aria-label="Events of each UTC day, from ${days[0]?.day} to ${days.at(-1)?.day}, at most ${formatCount(most)}">
<line x1="0" y1="${height}" x2="${width}" y2="${height}"/>${columns}</svg>
<p class="ends"><small>${days[0]?.day}</small><small>${days.at(-1)?.day} · most on a day: ${formatCount(most)}</small></p>`;
}

/** Types as bars, the rarest taken together. */
export function typeChart(types: readonly TypeVolume[]): Html {
  const total = types.reduce((sum, { event_count }) => sum + event_count, 0);
  const rest = types.slice(8).reduce((sum, { event_count }) => sum + event_count, 0);
  const bars = [
    ...types.slice(0, 8),
    ...(rest > 0 ? [{ event_type: `${types.length - 8} others`, event_count: rest }] : []),
  ];
  return html`<div class="scroll"><table class="bars">${bars.map(({ event_type, event_count }) => {
    const percent = (100 * event_count) / Math.max(1, total);
    return html`<tr><th scope="row">${event_type}</th><td class="number">${formatCount(event_count)}</td><td class="number">${percent.toFixed(1)} %</td><td class="wide">${bar(percent, '')}</td></tr>`;
  })}</table></div>`;
}

/** A share of 100 as a bar. */
export function bar(percent: number, kind: string): Html {
  return html`<svg class="bar ${kind}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="100" height="8"/><rect width="${Math.min(100, Math.max(percent > 0 ? 0.5 : 0, percent)).toFixed(1)}" height="8"/></svg>`;
}

/** The last runs of a check, oldest first: a mark each, by its status, as high as the rows found on a log scale. */
export function historyChart(history: CheckReport['history']): Html {
  const step = 5;
  const height = 16;
  const most = Math.max(1, ...history.map(({ row_count }) => row_count ?? 0));
  const marks = history.map(({ status, row_count, checked_at }, index) => {
    const share = Math.log1p(row_count ?? 0) / Math.log1p(most);
    const isFinding = status === 'fail' || status === 'warn';
    const size = isFinding ? Math.max(5, share * height) : status === 'error' ? height : 3;
    return html`<rect class="${status}" x="${index * step}" y="${(height - size).toFixed(1)}" width="${step - 1}" height="${size.toFixed(1)}"><title>${checked_at.slice(0, 16).replace('T', ' ')}: ${status}${row_count ? `, ${formatCount(row_count)} rows` : ''}</title></rect>`;
  });
  const width = Math.max(1, history.length) * step;
  return html`<svg class="history" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The last ${history.length} runs">${marks}</svg>`;
}

/** All checks as one bar, in the order of their weight. */
export function totalsChart(totals: Readonly<Record<string, number>>, count: number): Html {
  let x = 0;
  const parts = ['fail', 'error', 'warn', 'skipped', 'pass'].map((status) => {
    const width = (100 * (totals[status] ?? 0)) / Math.max(1, count);
    const part = html`<rect class="${status}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="10"/>`;
    x += width;
    return part;
  });
  return html`<svg class="totals" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}
