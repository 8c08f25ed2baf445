// Every oddity that GitHub, its archives or PostgreSQL are known for, and what has to become of it.
import { makeEvent } from '../support/events.ts';

/** A fact as gold has it, or null when the event must not get there. */
type Gold = {
  date_id?: number;
  event_hour?: number;
  actor_id?: string;
  repo_id?: string;
} | null;

export interface Oddity {
  name: string;
  /** The bytes of the item, without what stands between items. */
  item: Buffer;
  outcome:
    | { kind: 'event'; silver?: Record<string, unknown>; gold: Gold }
    | { kind: 'dead letter'; code: string };
  /** An id that tells the event from the others; of a dead letter, its bytes do. */
  id: string;
}

let number = 0;
const nextId = () => String(5_000_000 + number++);
const NOON = { date_id: 20260301, event_hour: 12, actor_id: '10', repo_id: '20' };

/** An event that has to go all the way. */
function event(
  name: string,
  fields: Record<string, unknown>,
  gold: Gold = {},
  silver: Record<string, unknown> = {},
): Oddity {
  const { id = nextId(), ...others } = fields;
  const whole = makeEvent({ id: id as string, ...others });
  for (const [field, value] of Object.entries(others)) if (value === undefined) delete whole[field];
  return text(name, JSON.stringify(whole), String(id), gold, silver);
}

/** The same for one that JSON.stringify cannot write. */
function text(
  name: string,
  item: string,
  id: string,
  gold: Gold = {},
  silver: Record<string, unknown> = {},
): Oddity {
  const fact = gold === null ? null : { ...NOON, ...gold };
  return { name, item: Buffer.from(item), id, outcome: { kind: 'event', silver, gold: fact } };
}

/** A good event but for the member `"odd":VALUE`. */
const withOdd = (id: string, value: string) =>
  `${JSON.stringify(makeEvent({ id })).slice(0, -1)},"odd":${value}}`;

function refused(name: string, item: string | Buffer, code: string): Oddity {
  return {
    name,
    item: Buffer.from(item as string),
    id: '',
    outcome: { kind: 'dead letter', code },
  };
}

function refusedOdd(name: string, value: string | Buffer, code: string): Oddity {
  const [before = '', after = ''] = withOdd(nextId(), '|').split('|');
  const bytes = Buffer.concat([
    Buffer.from(before),
    Buffer.from(value as string),
    Buffer.from(after),
  ]);
  return refused(name, bytes, code);
}

const pull = { id: 7, number: 3, url: 'u', head: { ref: 'f', sha: 'h' }, base: { ref: 'main' } };

export const CORPUS: Oddity[] = [
  // Identity.
  event('an id, first of its kind', { id: '18400000001' }),
  event('the same id with another type: another event', { id: '18400000001', type: 'WatchEvent' }),
  event(
    'the same id at another time: another event',
    {
      id: '18400000001',
      created_at: '2016-03-01T13:00:00Z',
    },
    { date_id: 20160301, event_hour: 13 },
  ),
  ...[
    '2147483648',
    '8589934592',
    '9007199254740993',
    '18446744073709551616',
    '-1',
    'evt-1',
    'ключ',
  ].map((id) => event(`the id ${id}`, { id })),
  text(
    'an id that is a number past 2^53',
    withOdd('X', '1').replace('"X"', '9007199254740995'),
    '9007199254740995',
  ),

  // Accounts and repositories.
  ...['2147483648', '8589934592', '9007199254740993', '9223372036854775807'].map((id) => {
    const item = JSON.stringify(makeEvent({ id: `of-${id}`, actor: { id: 'X', login: `a${id}` } }));
    return text(`an account with the id ${id}`, item.replace('"X"', id), `of-${id}`, {
      actor_id: id,
    });
  }),
  ...['9223372036854775808', '18446744073709551616', '-7', '1.5', '1e3000'].map((id) => {
    const item = JSON.stringify(makeEvent({ id: `of-${id}`, repo: { id: 'X', name: 'a/b' } }));
    return text(
      `a repository with the id ${id}`,
      item.replace('"X"', id),
      `of-${id}`,
      { repo_id: '-1' },
      { unreadable: ['repo.id'] },
    );
  }),
  event('no actor', { actor: undefined }, { actor_id: '-1' }, { actor_login: null, is_bot: null }),
  event('no repository', { repo: undefined }, { repo_id: '-1' }, { repo_name: null }),
  event('an actor that is a number', { actor: 5 }, { actor_id: '-1' }, { unreadable: ['actor'] }),
  event('an actor of null', { actor: null }, { actor_id: '-1' }, { unreadable: null }),
  event(
    'an empty login',
    { actor: { id: 10, login: '' } },
    {},
    { actor_login: null, is_bot: null },
  ),
  event(
    'a bot',
    { actor: { id: 11, login: 'x[bot]', display_login: 'x' } },
    { actor_id: '11' },
    { is_bot: true },
  ),
  event(
    'no display_login, as before 2016',
    { actor: { id: 12, login: 'old' } },
    { actor_id: '12' },
    { is_bot: false },
  ),
  event('a renamed repository, before', { repo: { id: 77, name: 'a/old' } }, { repo_id: '77' }),
  event(
    'a renamed repository, after',
    { repo: { id: 77, name: 'a/new' }, created_at: '2026-03-01T12:30:00Z' },
    { repo_id: '77' },
  ),
  event(
    'a name that belongs to another repository now',
    { repo: { id: 78, name: 'a/old' } },
    { repo_id: '78' },
  ),

  // Payloads.
  event(
    'a push as of October 2025: nothing counted',
    {},
    {},
    { commit_count: null, distinct_commit_count: null, head_sha: 'b' },
  ),
  event(
    'a push as before: counted',
    { payload: { size: 3, distinct_size: 0, commits: [] } },
    {},
    { commit_count: 3, distinct_commit_count: 0 },
  ),
  event(
    'a pull request that is merged, trimmed',
    { type: 'PullRequestEvent', payload: { action: 'merged', number: 3, pull_request: pull } },
    {},
    { is_merged: true, title: null, number: '3' },
  ),
  event(
    'a pull request that is closed, trimmed: not known whether merged',
    { type: 'PullRequestEvent', payload: { action: 'closed', number: 3, pull_request: pull } },
    {},
    { is_merged: null },
  ),
  event(
    'a branch with full_ref',
    { type: 'CreateEvent', payload: { ref: 'x', ref_type: 'branch', full_ref: 'refs/heads/x' } },
    {},
    { ref: 'x', ref_type: 'branch' },
  ),
  event('no payload', { payload: undefined }),
  event('a payload that is text', { payload: 'text' }),
  event('a payload that is an array', { payload: [1] }),
  event(
    'fields of other types',
    { payload: { size: 'many', number: 'x', ref: { a: 1 } } },
    {},
    { commit_count: null, number: null },
  ),
  event('a payload of 50 KB', { payload: { body: 'x'.repeat(50_000) } }),
  event('fields nobody knows', { performed_via: { app: 'otter' }, '': { '': [] } }),
  event('a type nobody knows', { type: 'SparkleEvent' }),
  ...['GistEvent', 'FollowEvent', 'DownloadEvent', 'TeamAddEvent', 'SponsorshipEvent', 'Event'].map(
    (type) => event(`the type ${type}`, { type }),
  ),

  // Times.
  event('1970', { created_at: '1970-01-01T00:00:00Z' }, { date_id: 19700101, event_hour: 0 }),
  event('9999', { created_at: '9999-12-31T23:59:59Z' }, { date_id: 99991231, event_hour: 23 }),
  event('a day behind the calendar', { created_at: '2035-06-01T12:00:00Z' }, { date_id: 20350601 }),
  event(
    'a zone: the day is that of UTC',
    { created_at: '2012-03-31T23:30:00-07:00' },
    { date_id: 20120401, event_hour: 6 },
  ),
  event(
    'a day on which clocks change',
    { created_at: '2026-03-08T02:30:00-08:00' },
    { date_id: 20260308, event_hour: 10 },
  ),
  event('month 13', { created_at: '2026-13-01T00:00:00Z' }, null, {
    event_time: null,
    unreadable: ['created_at'],
  }),
  event('a time that is text', { created_at: 'yesterday' }, null, { unreadable: ['created_at'] }),
  event('a time that is a number', { created_at: 1_772_366_400 }, null, {
    unreadable: ['created_at'],
  }),
  event('no time', { created_at: undefined }, null, { event_time: null, unreadable: null }),
  event('a time of null', { created_at: null }, null, { unreadable: null }),

  // JSON that looks wrong and is right.
  text(
    'an escaped backslash before u0000',
    withOdd('esc-1', String.raw`"\\u0000 \\ud800"`),
    'esc-1',
  ),
  text('a surrogate pair', withOdd('esc-2', String.raw`"\ud83d\ude00"`), 'esc-2'),
  text(
    'numbers that JavaScript would round',
    withOdd('num-1', '[9007199254740993,1.10,1e300,-0.0]'),
    'num-1',
  ),
  text('U+2028, U+0085, DEL', withOdd('sep-1', '"\u2028\u0085\x7f"'), 'sep-1'),
  text(
    'a member twice: the last counts',
    withOdd('twice', '1').replace('{', '{"id":"first",'),
    'twice',
  ),

  // What PostgreSQL refuses.
  refusedOdd('a NUL escape', String.raw`"\u0000"`, '22P05'),
  refusedOdd('a lone surrogate', String.raw`"\ud83d"`, '22P02'),
  refusedOdd('the halves of a pair in the wrong order', String.raw`"\ude00\ud83d"`, '22P02'),
  refusedOdd('a number past numeric', '1e400000', '22003'),
  refusedOdd('20,000 levels', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, '54001'),
  refusedOdd('a raw NUL', '"\0"', '22021'),
  refusedOdd('bad UTF-8', Buffer.from([0x22, 0xff, 0x22]), '22021'),
  refusedOdd('UTF-8 of a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0x22]), '22021'),
  refused('an object without id and type', '{"a":1}', '23502'),
  refused('an id that is an object', '{"id":{},"type":"X"}', '23502'),
  refused('an id longer than an index takes', `{"id":"${'1'.repeat(5000)}","type":"X"}`, '23514'),
  refused('an empty type', '{"id":"1","type":""}', '23514'),
];
