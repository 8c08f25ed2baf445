// The ways in which a person may be written that are easily overlooked.
import { beforeEach, describe, expect, test } from 'vitest';
import { makeEvent, store } from '../support/events.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { ADA, ada, bob, erase, findMentions, startAnew } from './support.ts';

const database = useTestDatabase();
const { pool, rows, value } = database;

beforeEach(() => startAnew(database));

const ofBob = (id: string, body: string) => makeEvent({ id, actor: bob, payload: { body } });

/** Erases Ada between two events that say the same, so that both the erasure and the door have to find her in it. */
async function eraseBetween(
  body: string,
  options: Parameters<typeof erase>[2] = {},
): Promise<string[]> {
  await store(pool, [makeEvent({ id: 'hers', actor: ada }), ofBob('before', body)]);
  await erase(database, ADA.login, options);
  await store(pool, [ofBob('after', body)]);
  return (
    await rows<{ body: string }>(
      `select payload #>> '{payload,body}' as body from bronze.raw_events where event_id in ('before', 'after') order by 1`,
    )
  ).map(({ body }) => body);
}

describe('in the text of somebody else', () => {
  test.each([
    `![x](https://user-images.githubusercontent.com/${ADA.id}/1-a.png)`,
    `![x](https://cloud.githubusercontent.com/assets/${ADA.id}/1/a.png)`,
    `https://github.com/bob/tool/assets/${ADA.id}/0b1c`,
    `https://camo.example/?u=https%3A%2F%2Favatars.githubusercontent.com%2Fu%2F${ADA.id}%3Fv%3D3`,
    `https://github.com/search?q=author%3A${ADA.login}+is%3Apr`,
    `https://example.org/#%40${ADA.login}`,
    `https%3A%2F%2Fgithub.com%2F${ADA.login}%2Fengine`,
    `adalbert_${ADA.login} and [adalbert][${ADA.login}] and adalbert--${ADA.login}`,
  ])('%s', async (body) => {
    const bodies = await eraseBetween(body);
    expect(bodies).toHaveLength(2);
    expect(await findMentions(database)).toEqual([]);
    expect(new Set(bodies).size).toBe(1);
  });

  test('another name with letters outside of ASCII, in whatever case and form', async () => {
    const name = 'Élodie Müller-Søndergaard';
    const body = [name, name.toLowerCase(), name.toUpperCase(), name.normalize('NFD')].join(' | ');
    const bodies = await eraseBetween(body, { also: [name.normalize('NFD')] });
    for (const written of bodies) expect(written).toMatch(/^(erased-\w+( \| )?){4}$/);
    // As JSON may write it too.
    const escaped = JSON.stringify(ofBob('escaped', name)).replace(
      /[^ -~]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    await store(pool, [escaped]);
    expect(
      await value(
        `select payload #>> '{payload,body}' from bronze.raw_events where event_id = 'escaped'`,
      ),
    ).toMatch(/^erased-\w+$/);
  });

  test('a login of which JSON escapes a hyphen', async () => {
    await store(pool, [makeEvent({ id: 'hers', actor: ada })]);
    await erase(database, ADA.login);
    await store(pool, [
      JSON.stringify(ofBob('after', `@${ADA.login}`)).replace('Ada-', 'Ada\\u002d'),
    ]);
    expect(await findMentions(database)).toEqual([]);
  });
});

describe('in a dead letter', () => {
  const name = 'Élodie Müller';
  const push = (login: unknown, end: string) =>
    JSON.stringify({
      type: 'PushEvent',
      actor: login,
      payload: {
        commits: [
          {
            sha: 'c',
            message: 'say "hi" \\ ',
            author: { email: 'x@quuxmail.org', name: 'Ada "The" Byron' },
          },
          { sha: 'd', author: { name: 'Ada Byron é', email: 'y@quuxmail.org' }, message: 'm' },
        ],
      },
    }).replace(/}$/, end);
  /** Each has a raw NUL, which no JSON has. */
  const letters = [
    `${push(ada, ',"x":"\u0000"}')}`,
    push(ADA.login, ',"y":"\u0000"}'),
    JSON.stringify(
      ofBob('l', `${name}, ${name.toUpperCase()} and ${name.normalize('NFD')}`),
    ).replace('}', '\u0000}'),
    JSON.stringify(ofBob('m', name))
      .replace(/[^ -~]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
      .replace('}', '\u0000}'),
  ];
  const NAMES = '/quuxmail|Byron|lodie|M.{1,8}ller|7654321098/';

  test('of theirs: its commits; of others: another name in bytes outside of ASCII', async () => {
    await store(pool, [makeEvent({ id: 'hers', actor: ada }), ...letters]);
    expect(await value('select count(*)::int from bronze.dead_letter_queue')).toBe(4);
    await erase(database, ADA.login, { also: [name] });
    expect(await findMentions(database, NAMES)).toEqual([]);
    // At the door likewise; the same letters are known.
    expect(await store(pool, letters)).toMatchObject({ deadLettered: 4 });
    expect(await findMentions(database, NAMES)).toEqual([]);
    expect(await value('select count(*)::int from bronze.dead_letter_queue')).toBe(4);
    expect(
      await value(
        `select bool_and(convert_from(replace(encode(raw, 'escape'), '\\000', '')::bytea, 'UTF8') is json)
         from bronze.dead_letter_queue where encode(raw, 'escape') like '%commits%'`,
      ),
    ).toBe(true);
  });

  test('what others pushed keeps its authors', async () => {
    const others = push(bob, ',"x":"\u0000"}');
    await store(pool, [makeEvent({ id: 'hers', actor: ada }), others]);
    await erase(database, ADA.login);
    await store(pool, [others]);
    expect(await value(`select encode(raw, 'escape') from bronze.dead_letter_queue`)).toContain(
      'x@quuxmail.org',
    );
  });

  test('two that differ in nothing but the login become one', async () => {
    const letter = (login: string) => `{"actor":"${login}"`;
    await store(pool, [makeEvent({ id: 'hers', actor: ada }), letter(ADA.login)]);
    await store(pool, [letter(ADA.login.toLowerCase()), letter(ADA.login.toUpperCase())]);
    await erase(database, ADA.login);
    expect(await findMentions(database)).toEqual([]);
    expect(await rows('select attempts from bronze.dead_letter_queue')).toEqual([{ attempts: 3 }]);
  });
});
