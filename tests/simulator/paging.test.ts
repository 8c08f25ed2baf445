import { expect, test } from 'vitest';
import { get, keysOf, startSimulator, walk } from './support.ts';

test('a timeline is three pages of a hundred, linked by absolute urls', async () => {
  const { url } = await startSimulator();
  const first = await get(`${url}/events?per_page=100`);
  const second = await get(`${url}/events?per_page=100&page=2`);
  const third = await get(`${url}/events?per_page=100&page=3`);
  expect([first, second, third].map(({ items }) => items.length)).toEqual([100, 100, 100]);

  const link = (page: number, rel: string) =>
    `<${url}/events?per_page=100&page=${page}>; rel="${rel}"`;
  expect(first.headers.get('link')).toBe(`${link(2, 'next')}, ${link(3, 'last')}`);
  expect(second.headers.get('link')).toBe(
    [link(1, 'prev'), link(3, 'next'), link(3, 'last'), link(1, 'first')].join(', '),
  );
  expect(third.headers.get('link')).toBe(`${link(2, 'prev')}, ${link(1, 'first')}`);
});

test('links lead back by the name the client used', async () => {
  const { url } = await startSimulator();
  const named = url.replace('127.0.0.1', 'localhost');
  const page = await get(`${named}/events?per_page=100`);
  expect(page.headers.get('link')).toContain(`<${named}/events?per_page=100&page=2>`);
});

test('per_page is clamped in silence and defaults to 30', async () => {
  const { url } = await startSimulator();
  const sizeOf = async (query: string) => (await get(`${url}/events${query}`)).items.length;
  expect(await sizeOf('?per_page=500')).toBe(100);
  expect(await sizeOf('')).toBe(30);
  expect(await sizeOf('?per_page=0')).toBe(30);
  expect(await sizeOf('?per_page=seven&page=-1')).toBe(30);
  expect(await sizeOf('?per_page=70&page=5')).toBe(20);
});

test.each(['?per_page=100&page=4', '?page=11', '?per_page=500&page=4'])(
  'past the end (%s) is an error, not an empty page',
  async (query) => {
    const { url } = await startSimulator();
    const page = await get(`${url}/events${query}`);
    expect(page.status).toBe(422);
    expect(JSON.parse(page.body.toString()).message).toMatch(
      /^In order to keep the API fast for everyone, pagination is limited for this resource\./,
    );
  },
);

test('a timeline with fewer events ends earlier', async () => {
  const { url } = await startSimulator({
    eventsPerSecond: 0.01,
    historyHours: 2,
    duplicateRate: 0,
  });
  const page = await get(`${url}/events?per_page=50`);
  expect(page.items).toHaveLength(50);
  expect(page.headers.get('link')).toBe(
    `<${url}/events?per_page=50&page=2>; rel="next", <${url}/events?per_page=50&page=2>; rel="last"`,
  );
  const last = await get(`${url}/events?per_page=50&page=2`);
  expect(last.items).toHaveLength(22);
  const beyond = await get(`${url}/events?per_page=50&page=3`);
  expect([beyond.status, beyond.body.toString()]).toEqual([200, '[]']);
});

test('an empty timeline is an empty array', async () => {
  const { url } = await startSimulator({ eventsPerSecond: 0 });
  const page = await get(`${url}/events`);
  expect([page.status, page.body.toString()]).toEqual([200, '[]']);
  expect(page.headers.get('link')).toBeNull();
});

test('pages drift while they are walked', async () => {
  const { url, clock } = await startSimulator({ duplicateRate: 0 });
  const still = await walk(url);
  expect(keysOf(still).size).toBe(300);

  const drifting: Buffer[] = [];
  for (const page of [1, 2, 3]) {
    drifting.push(...(await get(`${url}/events?per_page=100&page=${page}`)).items);
    clock.time += 2000;
  }
  expect(drifting).toHaveLength(300);
  expect(keysOf(drifting).size).toBeLessThan(280);
});
