import { expect, test } from 'vitest';
import type { EventBody } from '../../apps/simulator/render-event.ts';
import { classifyItem } from '../../apps/simulator/replay/classify-item.ts';
import { spoilEvent } from '../../apps/simulator/spoil-event.ts';
import {
  isRefused,
  oddKinds,
  type RefusedKind,
  refusedKinds,
  type SpoiltKind,
} from '../../apps/simulator/spoilt-kinds.ts';
import { elementsOf, get, startSimulator } from './support.ts';

const event: EventBody = {
  id: '18400000001',
  type: 'PushEvent',
  actor: { id: 5, login: 'ada' },
  repo: { id: 3_000_000_000, name: 'ada/otter' },
  payload: { ref: 'refs/heads/main' },
  public: true,
  created_at: '2026-01-31T12:00:00Z',
};

function textOf(kind: SpoiltKind, ordinal = 0): string {
  return spoilEvent(event, kind, ordinal).raw.toString('latin1');
}

// The very bytes, so that no change of the builder weakens a kind unseen.
const refusedBytes: Record<RefusedKind, string> = {
  nul_escape: '"message":"before \\u0000 after"',
  lone_surrogate: '"message":"\\ud83d alone"',
  huge_number: '"size":1e400000}',
  too_deep: `"tree":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  raw_nul: '"message":"before \0 after"',
  bad_utf8: '"message":"before \xff"',
  missing_id: '{"type":"PushEvent"',
  missing_type: '{"id":"18400000001","actor"',
  null_id: '{"id":null,',
  empty_id: '{"id":"",',
  empty_type: '"type":"",',
  object_id: '{"id":{"value":"18400000001"},',
  bare_string: '"event 18400000001 [lost its braces}"',
  bare_number: '18400000001',
};

test.each(refusedKinds)('%s: the bytes are there, and must be refused', (kind) => {
  const item = spoilEvent(event, kind, 0);
  expect(item).toMatchObject({ verdict: 'refused', kind, identity: null });
  expect(textOf(kind)).toContain(refusedBytes[kind]);
  expect(classifyItem(item.raw).verdict).toBe('refused');
});

const oddText: Record<(typeof oddKinds)[number], RegExp> = {
  created_at_missing: /"public":true}$/,
  created_at_text: /"created_at":"not a date"/,
  created_at_month_13: /"created_at":"2026-13-31T12:00:00Z"/,
  actor_missing: /^(?!.*"actor")/,
  repo_missing: /^(?!.*"repo")/,
  payload_missing: /^(?!.*"payload")/,
  payload_not_object: /"payload":"text"/,
  unknown_type: /"type":"SparkleEvent"/,
  actor_id_twenty_digits: /"actor":\{"id":18446744073709551616,"login":"ada"\}/,
  negative_repo_id: /"repo":\{"id":-3000000000,/,
  text_id: /^\{"id":"evt-18400000001",/,
  number_id: /^\{"id":18400000001,/,
  number_above_2_53: /"push_id":9007199254740993\}/,
  extra_fields: /"performed_via":\{"app":"otter"/,
  escaped_backslash: /"message":"valid: \\\\u0000 and \\\\ud800"/,
  surrogate_pair: /"message":"valid: \\ud83d\\ude00 \\u00e9"/,
};

test.each(oddKinds)('%s: it looks odd, and must be accepted', (kind) => {
  const item = spoilEvent(event, kind, 0);
  expect(item).toMatchObject({ verdict: 'odd', kind });
  expect(textOf(kind)).toMatch(oddText[kind]);
  // The identity is that of the bytes.
  expect(classifyItem(item.raw).identity).toEqual(item.identity);
});

test('the variants of a kind are all refused', () => {
  for (const kind of refusedKinds) {
    for (let ordinal = -7; ordinal < 7; ordinal++) {
      expect(classifyItem(spoilEvent(event, kind, ordinal).raw).verdict).toBe('refused');
    }
  }
});

test('whatever is broken, the array can be cut by strings, escapes and depth', async () => {
  const { simulator, url, clock } = await startSimulator({ badRowRate: 1 });
  for (let step = 0; step < 20; step++) {
    const { body } = await get(`${url}/events?per_page=100`);
    expect(elementsOf(body)).toHaveLength(100);
    clock.time += 15_000;
  }
  const { refused, offered } = simulator.truth();
  const common = refusedKinds.filter((kind) => kind !== 'too_deep');
  expect(Object.keys(refused.byKind)).toEqual(expect.arrayContaining(common));
  expect(offered.good).toBe(0);
  expect(offered.odd).toBeGreaterThan(500);
});

test('the rate of bad rows is kept, half of them refused', async () => {
  const { simulator } = await startSimulator({ badRowRate: 0.2 });
  const { total, refused } = simulator.truth().happened;
  expect(refused / (total + refused)).toBeCloseTo(0.1, 1);
  expect(refusedKinds.every(isRefused)).toBe(true);
  expect(oddKinds.some(isRefused)).toBe(false);
});
