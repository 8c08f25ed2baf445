import { formatCount } from '../../../apps/shared/report/quantities.ts';
import type { ColumnProfile, FieldChange } from '../report.ts';
import { bar } from './charts.ts';
import { type Html, html } from './escape.ts';
import { shortTime } from './render-checks.ts';

const WORDS = { new: 'got', vanished: 'lost', retyped: 'changed the type of' } as const;

/** Changes of fields, those of one type and day together: what went and what turned first, then, folded, what came. */
export function renderChanges(changes: readonly FieldChange[]): Html {
  if (changes.length === 0)
    return html`<p>No field of a payload has come, gone or changed its type.</p>`;
  const groups = new Map<string, FieldChange[]>();
  for (const change of changes) {
    const key = [change.kind, change.event_type, change.since.slice(0, 10)].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const ofKind = (kind: FieldChange['kind']) =>
    [...groups.values()].filter(([first]) => first?.kind === kind).map(renderGroup);
  const came = ofKind('new');
  return html`${ofKind('vanished')}${ofKind('retyped')}${came.length === 0 ? '' : html`<details><summary><b>Fields that came</b> <small>${changes.filter(({ kind }) => kind === 'new').length} fields, in ${came.length} changes</small></summary><div>${came}</div></details>`}
<p><small>Learned from samples of what came in. Times are those of the events, not of their arrival.</small></p>`;
}

function renderGroup(group: readonly FieldChange[]): Html {
  const [first] = group;
  if (first === undefined) return html``;
  const { kind, event_type, since, last_before, example_event_id } = first;
  const names = group.map(({ path, json_type, earlier_type }) =>
    kind === 'retyped' ? `${path} (${earlier_type} → ${json_type})` : path,
  );
  const before = formatCount(first.count_before);
  const after = formatCount(first.count_after);
  const facts = {
    vanished: `first event without ${shortTime(since)}, last with ${shortTime(last_before ?? '')}; ${before} events had it, none of the ${after} since`,
    retyped: `since ${shortTime(since)}; ${before} events before, ${after} after`,
    new: `first seen ${shortTime(since)}; ${before} events before had none, ${after} since have it`,
  }[kind];
  const example = group.find((change) => change.example !== null);
  return html`<div class="change"><b>${event_type}</b> ${WORDS[kind]} ${names.map((name, index) => html`${index > 0 ? ', ' : ''}<code>${name}</code>`)}
<small>${facts}. Example: event ${example_event_id}${example === undefined ? '' : html`, <code>${example.path.replace(/^.*\./, '')} = ${cut(example.example ?? '', 60)}</code>`}.${first.known_incident === null ? '' : ` Known incident: ${first.known_incident}.`}</small></div>`;
}

/** The latest profile, a table for each table. */
export function renderProfiles(profiles: readonly ColumnProfile[]): Html {
  if (profiles.length === 0) return html`<p>No profile has been taken yet.</p>`;
  const tables = [...new Set(profiles.map(({ table_name }) => table_name))];
  return html`${tables.map((table) => {
    const columns = profiles.filter(({ table_name }) => table_name === table);
    const [first] = columns;
    return html`<details><summary><b>${table}</b> <small>${columns.length} columns · ${formatCount(first?.sampled_count ?? 0)} newest rows · ${shortTime(first?.profiled_at ?? '')}</small></summary>
<div class="scroll"><table><thead><tr><th>column</th><th colspan="2">empty</th><th class="number">distinct</th><th>smallest</th><th>largest</th><th class="number">mean</th></tr></thead><tbody>${columns.map(renderColumn)}</tbody></table></div></details>`;
  })}`;
}

function renderColumn(column: ColumnProfile): Html {
  const { null_count, sampled_count, distinct_count, min_value, max_value, mean_value } = column;
  const percent = (100 * null_count) / Math.max(1, sampled_count);
  return html`<tr><th scope="row">${column.column_name}</th><td class="number">${percent.toFixed(1)} %</td><td>${bar(percent, 'nulls')}</td><td class="number">${formatCount(distinct_count)}</td>${value(min_value)}${value(max_value)}<td class="number">${mean_value === null ? '' : Number(mean_value.toPrecision(4)).toLocaleString('en-US')}</td></tr>`;
}

function value(text: string | null): Html {
  return text === null ? html`<td class="null">none</td>` : html`<td>${cut(text, 48)}</td>`;
}

function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : text;
}
