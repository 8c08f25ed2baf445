import { expect, test } from 'vitest';
import { classifyItem } from '../../apps/simulator/replay/classify-item.ts';

const whole = '"actor":{},"repo":{},"payload":{},"created_at":"2015-01-01T01:00:00Z"';

function verdictOf(text: string): string {
  return classifyItem(Buffer.from(text)).kind;
}

test('an event with all its parts is good, one that lacks some is odd', () => {
  const good = classifyItem(Buffer.from(`{"id":"1","type":"WatchEvent",${whole}}`));
  expect(good).toMatchObject({
    verdict: 'good',
    identity: { id: '1', type: 'WatchEvent', created_at: '2015-01-01T01:00:00Z' },
  });
  expect(classifyItem(Buffer.from('{"id":1,"type":"WatchEvent"}'))).toMatchObject({
    verdict: 'odd',
    identity: { id: '1', type: 'WatchEvent', created_at: null },
  });
});

// Each was held against PostgreSQL 18.
test.each([
  ['1e131071', 'odd'],
  ['1e131072', 'huge_number'],
  ['-10e131071', 'huge_number'],
  ['0.5e131072', 'odd'],
  ['0e400000', 'odd'],
  ['1e-16383', 'odd'],
  ['1e-16384', 'huge_number'],
  ['9'.repeat(131_072), 'odd'],
  ['9'.repeat(131_073), 'huge_number'],
  ['"1e999999"', 'odd'],
  ['"\\ud83d\\ude00"', 'odd'],
  ['"\\ud83d"', 'lone_surrogate'],
  ['"\\\\ud83d"', 'odd'],
  ['"\\\\\\u0000"', 'nul_escape'],
  ['{"\\u0000":1}', 'nul_escape'],
  ['"\\u0001"', 'odd'],
  ['"\u0001"', 'not_json'],
  ['"\0"', 'raw_nul'],
  ['01', 'not_json'],
  [`${'['.repeat(9999)}${']'.repeat(9999)}`, 'odd'],
  [`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 'too_deep'],
])('as PostgreSQL takes it: %.40s', (value, kind) => {
  expect(verdictOf(`{"id":"1","type":"A","n":${value}}`)).toBe(kind);
});

test.each([
  ['"text"', 'not_an_object'],
  ['17', 'not_an_object'],
  ['null', 'not_an_object'],
  ['[{"id":"1"}]', 'not_an_object'],
  ['{"type":"A"}', 'missing_id'],
  ['{"id":"","type":"A"}', 'missing_id'],
  ['{"id":true,"type":"A"}', 'missing_id'],
  ['{"id":"1"}', 'missing_type'],
  ['{"id":"1","type":["A"]}', 'missing_type'],
])('%s names no event', (text, kind) => {
  expect(verdictOf(text)).toBe(kind);
});

test('bad UTF-8 is refused', () => {
  const bytes = Buffer.from('{"id":"1","type":"A","n":"\xff"}', 'latin1');
  expect(classifyItem(bytes)).toMatchObject({ verdict: 'refused', kind: 'bad_utf8' });
});
