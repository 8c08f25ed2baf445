import { describe, expect, test } from 'vitest';
import { splitJsonArray } from '../../apps/listener/split-json-array.ts';

function split(text: string): string[] | undefined {
  return splitJsonArray(Buffer.from(text))?.map((item) => item.toString());
}

describe('splitJsonArray', () => {
  test.each([
    ['[]', []],
    [' [ ] \n', []],
    ['[1]', ['1']],
    ['[{"a":[1,{"b":2}]} , "x,]" ,\n null ]', ['{"a":[1,{"b":2}]}', '"x,]"', 'null']],
    [String.raw`[{"a":"\"]},["},{"b":"\\"}]`, [String.raw`{"a":"\"]},["}`, String.raw`{"b":"\\"}`]],
    ['[12345678901234567890.10]', ['12345678901234567890.10']],
  ])('%s', (text, items) => {
    expect(split(text)).toEqual(items);
  });

  test.each([
    '',
    ' ',
    '{}',
    '<html>[1]</html>',
    '[',
    '[1',
    '[1,',
    '["abc',
    '[1] x',
    '[] x',
    '[{"a":1]',
  ])('%s is no array', (text) => {
    expect(split(text)).toBeUndefined();
  });

  test('keeps the bytes of an item that is not valid UTF-8', () => {
    const bad = Buffer.from([0x22, 0xff, 0x00, 0x22]);
    const body = Buffer.concat([Buffer.from('[1,'), bad, Buffer.from(',2]')]);
    expect(splitJsonArray(body)).toEqual([Buffer.from('1'), bad, Buffer.from('2')]);
  });

  test('agrees with JSON.parse on anything JSON.stringify writes', () => {
    const values = [{ a: 'é"\\\n[]{},' }, [[], [1, [2]]], 'x', 1.5, true, null, { '': { '': [] } }];
    for (const indent of [0, 2]) {
      expect(split(JSON.stringify(values, null, indent))?.map((item) => JSON.parse(item))).toEqual(
        values,
      );
    }
  });
});
