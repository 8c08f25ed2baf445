import { expect, test } from 'vitest';
import { createTimeline } from '../../apps/simulator/create-timeline.ts';
import { createWorld } from '../../apps/simulator/create-world.ts';
import { get, noon, parse, startSimulator, walk } from './support.ts';

test('the timeline of an organisation, a repository, a user holds only what is about it', async () => {
  const { simulator, url } = await startSimulator();
  const names = simulator.names();
  const org = names.orgs[0] as string;
  const repo = names.repos[0] as string;
  const user = names.users.find((login) => !login.endsWith('[bot]')) as string;

  const ofOrg = (await walk(url, `/orgs/${org}/events`)).map(parse);
  expect(ofOrg).toHaveLength(300);
  expect(new Set(ofOrg.map((event) => event.org?.login))).toEqual(new Set([org]));

  const ofRepo = (await walk(url, `/repos/${repo}/events`)).map(parse);
  expect(ofRepo.length).toBeGreaterThan(100);
  expect(new Set(ofRepo.map((event) => event.repo.id)).size).toBe(1);
  expect(ofRepo[0]?.repo.name).toBe(repo);

  const ofUser = (await walk(url, `/users/${user}/events`)).map(parse);
  expect(new Set(ofUser.map(({ actor }) => actor.id)).size).toBe(1);
  expect(ofUser[0]?.actor.login).toBe(user);
});

test('bots have timelines, brackets encoded or not, case ignored', async () => {
  const { url } = await startSimulator();
  for (const login of ['dependabot[bot]', 'dependabot%5Bbot%5D', 'DependaBot[bot]']) {
    const { items } = await get(`${url}/users/${login}/events`);
    expect(parse(items[0] as Buffer).actor.login).toBe('dependabot[bot]');
  }
});

test('a filtered timeline moves with the clock, back as well as on', async () => {
  const { simulator, url, clock } = await startSimulator();
  const path = `/orgs/${simulator.names().orgs[0]}/events`;
  const now = Buffer.concat(await walk(url, path));
  clock.time += 600_000;
  expect(Buffer.concat(await walk(url, path)).equals(now)).toBe(false);
  clock.time -= 600_000;
  expect(Buffer.concat(await walk(url, path)).equals(now)).toBe(true);
});

test('what nobody knows is 404, in JSON, and costs quota', async () => {
  const { url } = await startSimulator();
  for (const path of [
    '/users/nobody/events',
    '/orgs/nobody/events',
    '/repos/nobody/nothing/events',
    '/repos/nobody/events',
    '/repositories/1/events',
    '/elsewhere',
    '/users/%E0%A4%A/events',
  ]) {
    const { status, body, headers } = await get(url + path);
    expect([path, status]).toEqual([path, 404]);
    expect(JSON.parse(body.toString()).message).toBe('Not Found');
    expect(headers.get('x-ratelimit-limit')).not.toBeNull();
  }
  expect((await fetch(`${url}/events`, { method: 'POST' })).status).toBe(404);
});

test('a former name of a repository leads to its id', async () => {
  const world = createWorld(1);
  const settings = { seed: 1, eventsPerSecond: 1, badRowRate: 0, lateRate: 0, duplicateRate: 0 };
  const timeline = createTimeline({ ...settings, historyHours: 3 }, noon, world);
  const second = timeline.firstSecond;
  const current = new Set(Array.from({ length: 6000 }, (_, index) => world.repo(index, 0).name));
  const index = Array.from({ length: 6000 }, (_, place) => place).find(
    (place) => !current.has(world.repo(place, second).name),
  ) as number;
  const former = world.repo(index, second);

  const { url } = await startSimulator({ ...settings, historyHours: 3 });
  const answer = await fetch(`${url}/repos/${former.name}/events?per_page=5`, {
    redirect: 'manual',
  });
  expect(answer.status).toBe(301);
  const target = `${url}/repositories/${former.id}/events?per_page=5`;
  expect(answer.headers.get('location')).toBe(target);
  const followed = await get(`${url}/repos/${former.name}/events?per_page=5`);
  expect(followed.status).toBe(200);
  for (const item of followed.items) expect(parse(item).repo.id).toBe(former.id);
});
