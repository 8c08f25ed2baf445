// The rules of warehouse/README.md ("Rules for SQL in here") that a text can show to be broken.

import { blankComments, closing, splitAtSemicolons, sqlInTypeScript } from './sql-pieces.ts';

export interface Finding {
  file: string;
  line: number;
  rule: string;
  found: string;
}

/** Spread over the workers. */
const EVENTS = String.raw`(?:bronze\.raw_events|bronze\.sightings|silver\.events|gold\.fact_events)\b`;
/** Also those of which every node has a copy. */
const MANAGED = String.raw`(?:${EVENTS}|gold\.dim_(?:date|actors|repos|event_types|actors_history|repos_history)\b)`;
/** Also the views on them. */
const READS_EVENTS = new RegExp(
  String.raw`${EVENTS}|silver\.v_events\b|gold\.v_events(?:_as_of)?\b`,
);
const WRITES_MANAGED = new RegExp(
  String.raw`(?:insert into|update|delete from|merge into)\s+(?:only\s+)?${MANAGED}`,
);
/** What the project names its timestamptz columns and variables. */
const INSTANT = String.raw`(?:[\w.]*(?:_at|_time|watermark|\bhour|gap_from|gap_to|settled)\b|(?:now|transaction_timestamp|clock_timestamp)\(\)|current_timestamp)`;
const IN_UTC = /at time zone 'UTC'|^date_trunc\b.*,\s*'UTC'\s*\)$/is;

/** Says what of a statement breaks a rule: the offset in it and the words; nothing when it keeps it. */
type Rule = (statement: string, file: string) => { at: number; found: string }[];

/** Every match of a pattern. */
const never =
  (pattern: RegExp): Rule =>
  (statement) =>
    [...statement.matchAll(pattern)].map((match) => ({ at: match.index, found: match[0] }));

/** Every match of a pattern, in statements that another one finds something in. */
const neverIn =
  (where: RegExp, pattern: RegExp): Rule =>
  (statement, file) =>
    where.test(statement) ? never(pattern)(statement, file) : [];

const RULES: Record<string, Rule> = {
  'count inserted rows with RETURNING, not by what the server reports': never(
    /get\s+(?:current\s+)?diagnostics[^;]*row_count/g,
  ),
  'no reading of what is later than the maximum alone': never(
    /(?:processed_at|ingested_at)\s*>=?\s*\(\s*select\s+max\s*\(/g,
  ),
  'no transaction numbers as bounds': never(
    /\b(?:pg_snapshot_\w+|pg_current_snapshot|pg_current_xact_id\w*|pg_visible_in_snapshot|pg_xact_commit_timestamp|txid_\w+|age\s*\(\s*[\w.]*xmin|xmin|xid8)\b/g,
  ),
  'compute now() and settings once, as a variable, a parameter or in a materialized CTE':
    inlineStable,
  "cut days and hours with at time zone 'UTC'": cutWithoutZone,
  'no SQLSTATE but data errors is swallowed, no constraint name is matched': never(
    /exception\s+when\s+others\b|on\s+conflict\s+on\s+constraint\b|(?:=|:=)\s*constraint_name\b/g,
  ),
  'a LIMIT or OFFSET pulls rows to the coordinator: let a window of times bound a load': neverIn(
    new RegExp(String.raw`insert into\s+${EVENTS}`),
    new RegExp(String.raw`(?<=(?:from|join)\s+${EVENTS}[\s\S]*)\b(?:limit|offset)\s+\w+`, 'g'),
  ),
  'stamps are now(), never the clock': neverIn(
    new RegExp(`${WRITES_MANAGED.source}|create table|alter table`),
    /\b(?:clock_timestamp|statement_timestamp|timeofday)\s*\(\s*\)/g,
  ),
  'upserts set from excluded only': upsertFromElsewhere,
  'the gold script begins with set local citus.multi_shard_modify_mode': never(/(?!)/g),
  'every unique key of a distributed table contains event_id, as text': keyWithoutEventId,
  'foreign keys point to dimensions only': neverIn(
    new RegExp(String.raw`(?:create|alter) table[\w\s]*\s${EVENTS}`),
    /\breferences\s+(?!gold\.dim_(?:date|actors|repos|event_types)\b)[\w.]+/g,
  ),
  'no triggers on events, facts and dimensions': neverIn(
    new RegExp(MANAGED),
    /create\s+(?:or replace\s+)?(?:constraint\s+)?trigger\b/g,
  ),
  'no domains': never(/create\s+domain\b/g),
  'no row locks on distributed tables': neverIn(
    new RegExp(EVENTS),
    /\bfor\s+(?:no\s+key\s+)?(?:update|share|key\s+share)\b|skip\s+locked/g,
  ),
  'sizes are read with citus_total_relation_size where Citus is': never(
    /\bpg_(?:total_relation|relation|table|indexes|database|tablespace)_size\b/g,
  ),
};

export const RULE_NAMES = Object.keys(RULES);

/** Looks through one file of SQL, or the SQL in one file of TypeScript. */
export function findBrokenRules(file: string, source: string): Finding[] {
  const pieces = file.endsWith('.ts') ? sqlInTypeScript(source) : [{ text: source, offset: 0 }];
  const findings: Finding[] = [];
  const add = (rule: string, offset: number, found: string) =>
    findings.push({
      file,
      line: source.slice(0, offset).split('\n').length,
      rule,
      found: found.replace(/\s+/g, ' ').trim(),
    });
  for (const piece of pieces) {
    const text = blankComments(piece.text);
    for (const statement of splitAtSemicolons(text))
      for (const [name, rule] of Object.entries(RULES))
        for (const { at, found } of rule(statement.text, file))
          add(name, piece.offset + statement.offset + at, found);
  }
  if (/gold\/etl\/\w+\.sql$/.test(file)) {
    const text = blankComments(source);
    const set = text.search(/set local citus\.multi_shard_modify_mode to 'sequential'/);
    const write = text.search(
      /\b(?:do\s+\$|insert into|update|delete from|truncate|merge into|call|create)\b|\bdo\s+\$/,
    );
    if (set < 0 || (write >= 0 && write < set))
      add(
        'the gold script begins with set local citus.multi_shard_modify_mode',
        Math.max(write, 0),
        text.slice(Math.max(write, 0), Math.max(write, 0) + 20),
      );
  }
  if (file.endsWith('.ts'))
    for (const match of source.matchAll(/\b(?:error|err|cause)\.constraint\b/g))
      add(
        'no SQLSTATE but data errors is swallowed, no constraint name is matched',
        match.index,
        match[0],
      );
  return findings;
}

function inlineStable(statement: string): { at: number; found: string }[] {
  if (
    !READS_EVENTS.test(statement) ||
    /^\s*(?:create table|alter table|create index)/.test(statement)
  )
    return [];
  const rest = blankMaterialized(statement);
  return never(
    /\b(?:now|transaction_timestamp)\s*\(\s*\)|\bcurrent_timestamp\b|\bcurrent_setting\s*\(/g,
  )(rest, '');
}

/** Blanks CTEs that are computed once, on the coordinator: materialized, and not read from distributed tables. */
function blankMaterialized(statement: string): string {
  let text = statement;
  for (const match of statement.matchAll(/\bas\s+materialized\s*\(/g)) {
    const end = closing(statement, match.index + match[0].length - 1);
    const body = statement.slice(match.index, end);
    if (!READS_EVENTS.test(body))
      text = text.slice(0, match.index) + body.replace(/[^\n]/g, ' ') + text.slice(end);
  }
  return text;
}

function cutWithoutZone(statement: string): { at: number; found: string }[] {
  const found = never(/\b(?:current_date|current_time|localtimestamp|localtime)\b/g)(statement, '');
  const instant = new RegExp(String.raw`(?:^|[^\w.])${INSTANT}`);
  for (const call of statement.matchAll(
    /\b(?:date_trunc|extract|date_part|to_char|date_bin|date)\s*\(/g,
  )) {
    const whole = statement.slice(call.index, closing(statement, call.index + call[0].length - 1));
    // A span between two instants has no zone.
    if (/^(?:extract\s*\(\s*epoch|date_part\s*\(\s*'epoch')/.test(whole) || IN_UTC.test(whole))
      continue;
    if (instant.test(whole)) found.push({ at: call.index, found: whole });
  }
  found.push(
    ...never(
      new RegExp(String.raw`(?<![\w.])${INSTANT}\s*::\s*(?:date|time|timestamp)\b(?!\s+with)`, 'g'),
    )(statement, ''),
    ...never(new RegExp(String.raw`cast\s*\(\s*${INSTANT}\s+as\s+(?:date|time|timestamp)\b`, 'g'))(
      statement,
      '',
    ),
  );
  return found;
}

function upsertFromElsewhere(statement: string): { at: number; found: string }[] {
  if (!new RegExp(String.raw`insert into\s+${MANAGED}`).test(statement)) return [];
  const found: { at: number; found: string }[] = [];
  for (const match of statement.matchAll(/insert into\s+([\w.]+)[\s\S]*?\bdo\s+update\s+set\b/g)) {
    if (!new RegExp(`^${MANAGED}$`).test(match[1] ?? '')) continue;
    const from = match.index + match[0].length;
    const list =
      /^[\s\S]*?(?=\bwhere\b|\breturning\b|\n\s*\)|$)/.exec(statement.slice(from))?.[0] ?? '';
    for (const item of list.matchAll(/([\w"]+)\s*=\s*([^,]+)/g))
      if (!/^excluded\.\w+$/.test(item[2]?.trim() ?? ''))
        found.push({ at: from + item.index, found: item[0] });
  }
  return found;
}

function keyWithoutEventId(statement: string): { at: number; found: string }[] {
  const isTable = new RegExp(String.raw`^\s*(?:create|alter) table[\w\s]*\s${EVENTS}`).test(
    statement,
  );
  const isIndex = new RegExp(
    String.raw`^\s*create unique index[\s\S]*?\son\s+(?:only\s+)?${EVENTS}`,
  ).test(statement);
  if (!isTable && !isIndex) return [];
  const found: { at: number; found: string }[] = [];
  const keys = isIndex
    ? /\son\s+[\w.\s]*?(\([^)]*\))/g
    : /\b(?:unique(?:\s+nulls\s+(?:not\s+)?distinct)?|primary\s+key)\b\s*(\([^)]*\))?/g;
  for (const key of statement.matchAll(keys))
    if (!/\bevent_id\b/.test(key[1] ?? '')) found.push({ at: key.index, found: key[0] });
  for (const column of statement.matchAll(/^\s*event_id\s+(?!text\b(?!\s+collate))[\w ]+/gm))
    found.push({ at: column.index, found: column[0] });
  for (const other of statement.matchAll(
    /\bexclude\s+using\b|\bas\s+identity\b|\b(?:big|small)?serial\b/g,
  ))
    found.push({ at: other.index, found: other[0] });
  return found;
}
