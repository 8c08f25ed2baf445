import type { Queryable } from '../../shared/database.ts';
import { UserError } from '../../shared/errors.ts';

/** Who is to be erased, and by what they are found. */
export interface Person {
  /** Null when no id is known: every account with one of the logins is theirs then. */
  actorId: string | null;
  /** In lower case. */
  logins: string[];
  /** What else names them: a full name, an address; in all forms it may be written in. */
  texts: string[];
}

interface Account {
  actor_id: string | null;
  login: string;
  event_count: string;
}

/** As GitHub gives them; of companies' own accounts with an underscore, of apps with [bot]. */
const LOGIN = /^[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9_])?(?:\[bot\])?$/i;
const ID = /^[1-9][0-9]{0,17}$/;
const SHORTEST_TEXT = 4;
const LONGEST_TEXT = 200;

/**
 * Finds whom an id or a login means, by what the warehouse has seen, with all the logins they have had.
 *
 * @throws UserError when several accounts have had the login, or when what is given can be no name.
 */
export async function findPerson(
  db: Queryable,
  wanted: string,
  texts: readonly string[],
): Promise<Person> {
  if (!LOGIN.test(wanted)) throw new UserError(`"${wanted}" is no login and no id of GitHub's.`);
  for (const text of texts) {
    if (text.length < SHORTEST_TEXT || text.length > LONGEST_TEXT || /["\\\p{Cc}]/u.test(text))
      throw new UserError(
        `--also takes texts of ${SHORTEST_TEXT} to ${LONGEST_TEXT} characters without quotes and backslashes; "${text}" is none.`,
      );
  }
  const { rows } = await db.query<Account>(
    'select actor_id, login, event_count from ops.find_accounts($1)',
    [wanted],
  );
  const isId = ID.test(wanted) && !rows.some((account) => account.login === wanted);
  const actorId = isId ? wanted : chooseId(wanted, rows);
  const logins = rows.filter((account) => account.actor_id === actorId).map(({ login }) => login);
  if (!isId) logins.push(wanted.toLowerCase());
  return { actorId, logins: [...new Set(logins)].sort(), texts: formsOf(texts) };
}

/**
 * A letter with an accent may be written as one character or as two; and a database with the locale C knows of no capitals
 * outside of ASCII.
 */
function formsOf(texts: readonly string[]): string[] {
  const forms = texts.flatMap((text) =>
    /^[ -~]*$/.test(text)
      ? text
      : ['NFC', 'NFD'].flatMap((form) =>
          [text, text.toLowerCase(), text.toUpperCase()].map((written) => written.normalize(form)),
        ),
  );
  return [...new Set(forms)];
}

function chooseId(login: string, accounts: readonly Account[]): string | null {
  const own = accounts.filter((account) => account.login === login.toLowerCase());
  const ids = new Set(own.flatMap(({ actor_id }) => actor_id ?? []));
  if (ids.size > 1) {
    const list = own
      .filter(({ actor_id }) => actor_id !== null)
      .map(({ actor_id, event_count }) => `  ${actor_id}   ${event_count} events as ${login}`);
    throw new UserError(
      `${ids.size} accounts have had the login ${login}. Say which by its id, --actor ID:\n${list.join('\n')}`,
    );
  }
  return [...ids][0] ?? null;
}
