import type { Queryable } from '../../shared/database.ts';
import { UserError } from '../../shared/errors.ts';
import { countErasure, type ErasedRows, type Progress } from './erase-person.ts';
import type { Person } from './find-person.ts';

/** A login this long, or with a digit or a hyphen in it, is hardly ever a word of a language. */
const LONGEST_WORD = 12;
/** So many rows more, and twice as many, are too many to be changed without asking. */
const ROWS_WITHOUT_ASKING = 50;

/**
 * Decides whether a person's logins are erased wherever they stand as a word: not when that would change far more than
 * where they stand as a name, which a login like "main" or "test" would.
 *
 * @returns the decision, and what would be changed by it.
 * @throws UserError when it has to be said.
 */
export async function chooseWords(
  client: Queryable,
  person: Person,
  { words, removes }: { words: 'erase' | 'keep' | undefined; removes: boolean },
  onProgress: Progress,
): Promise<{ erasesWords: boolean; counts: ErasedRows[] }> {
  const count = (erasesWords: boolean) =>
    countErasure(client, person, { removes, erasesWords }, onProgress);
  if (words !== undefined)
    return { erasesWords: words === 'erase', counts: await count(words === 'erase') };
  const everywhere = await count(true);
  if (!person.logins.some(isLikeAWord)) return { erasesWords: true, counts: everywhere };
  const [all, named] = [sum(everywhere), sum(await count(false))];
  if (all > named + ROWS_WITHOUT_ASKING && all > 2 * named)
    throw new UserError(
      `The login is a common word: it names the person in ${named} rows, and stands in ${all - named} others. Say --words keep to leave those, --words erase to change them too.`,
    );
  return { erasesWords: true, counts: everywhere };
}

function isLikeAWord(login: string): boolean {
  return login.length <= LONGEST_WORD && /^[a-z]+$/.test(login);
}

function sum(rows: readonly ErasedRows[]): number {
  return rows.reduce((total, { rows }) => total + rows, 0);
}
