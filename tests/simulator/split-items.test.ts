import { expect, test } from 'vitest';
import { createItemSplitter } from '../../apps/simulator/replay/split-items.ts';

function split(text: string, size = text.length || 1): { items: string[]; skipped: string[] } {
  const skipped: string[] = [];
  const splitter = createItemSplitter((bytes) => skipped.push(bytes.toString()));
  const bytes = Buffer.from(text);
  const items: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    items.push(...splitter.push(bytes.subarray(at, at + size)));
  }
  items.push(...splitter.end());
  return { items: items.map(String), skipped };
}

const tricky = '{"a": "} ] \\" \\\\", "b": [1, {"c": "ä😀"}]}';

test.each([
  ['lines', `${tricky}\n{"n":2}\n`, [tricky, '{"n":2}']],
  ['lines without a last newline', `{"n":1}\n${tricky}`, ['{"n":1}', tricky]],
  ['lines with \\r and empty lines', '{"n":1}\r\n\r\n \n{"n":2}\r\n', ['{"n":1}', '{"n":2}']],
  ['lines of scalars', '"text"\n17\ntrue\n', ['"text"', '17', 'true']],
  ['one line', tricky, [tricky]],
  ['an array', `[${tricky},{"n":2}]`, [tricky, '{"n":2}']],
  ['a printed array', `[\n  ${tricky},\n  {\n "n": 2\n}\n]\n`, [tricky, '{\n "n": 2\n}']],
  ['an array of scalars', '[1, "a,b", null,true]', ['1', '"a,b"', 'null', 'true']],
  ['an array in arrays', '[[1,2],[[]]]', ['[1,2]', '[[]]']],
  ['a printed object', '{\n  "n": 1\n}\n', ['{\n  "n": 1\n}']],
  ['printed objects', '{\n"n": 1\n}\n{\n"n": 2\n}', ['{\n"n": 1\n}', '{\n"n": 2\n}']],
  ['a byte-order mark', '\ufeff[{"n":1}]', ['{"n":1}']],
  ['a byte-order mark before lines', '\ufeff{"n":1}\n{"n":2}', ['{"n":1}', '{"n":2}']],
  ['leading white space', ' \n\t[ {"n":1} ]', ['{"n":1}']],
  ['an empty array', '[]', []],
  ['nothing', '', []],
  ['white space', ' \n ', []],
])('%s, in chunks of any size', (_, text, expected) => {
  for (const size of [1, 2, 3, 7, 64, 100_000]) {
    expect(split(text, size)).toEqual({ items: expected, skipped: [] });
  }
});

test('a line that no array could carry is skipped, and told', () => {
  const text = '{"n":1}\n{"n":2, "torn": "li\n"id":5}\n{"n":3}{"n":4}\n}{\n{"n":5}\n';
  const { items, skipped } = split(text);
  expect(items).toEqual(['{"n":1}', '{"n":5}']);
  expect(skipped).toEqual(['{"n":2, "torn": "li', '"id":5}', '{"n":3}{"n":4}', '}{']);
});

test('an array that ends in the middle keeps what is whole', () => {
  expect(split('[{"n":1},{"n":')).toEqual({ items: ['{"n":1}'], skipped: ['{"n":'] });
});
