import { createInterface } from 'node:readline/promises';
import { createPool, type Queryable } from '../apps/shared/database.ts';
import { UserError } from '../apps/shared/errors.ts';
import { formatCount } from '../apps/shared/report/quantities.ts';
import { textTable } from '../apps/shared/report/text-table.ts';
import { requireWarehouse } from '../apps/shared/require-warehouse.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { chooseWords } from '../apps/transformer/erasure/choose-words.ts';
import {
  countErasure,
  type ErasedRows,
  erasePerson,
  findEarlier,
} from '../apps/transformer/erasure/erase-person.ts';
import { findPerson } from '../apps/transformer/erasure/find-person.ts';
import { openSession } from '../apps/transformer/session.ts';

const help = `
Usage: npm run erase -- --actor LOGIN|ID [--remove] [--also TEXT …] [--words erase|keep] [--dry-run] [--yes]

Erases a person from dead letters, bronze, silver, gold, the ledgers and the reports, and keeps them out when their events
come in again. See docs/erasure.md for what it does not reach.

  --actor LOGIN|ID   whom; all logins that the account has had are erased with it
  --remove           removes their own events. Without it, these stay under a random pseudonym, so that counts stay right;
                     where others' events name them, the pseudonym stands in either case
  --also TEXT        what else names them: a full name, an address; any number of times
  --words erase|keep whether a login is a name wherever it stands as a word (erase), or only where it can be nothing else,
                     as in @LOGIN and LOGIN/project (keep). Asked for when the login looks like a common word
  --dry-run          shows what would be changed, and changes nothing
  --yes              does not ask
`;

const options = {
  actor: { type: 'string' },
  remove: { type: 'boolean', default: false },
  also: { type: 'string', multiple: true },
  words: { type: 'string' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean' },
} as const;

await runCommand(
  { name: 'erase', help, options, stopDeadlineMs: 15_000 },
  async ({ config, values, positionals, log, shutdown, connect }) => {
    const { actor, words } = values;
    if (actor === undefined || positionals.length > 0) throw new UserError(help.trim());
    if (words !== undefined && words !== 'erase' && words !== 'keep')
      throw new UserError(`--words is "${words}"; it may be erase or keep.`);
    const connectionString = await connect();
    const pool = createPool({ connectionString, applicationName: 'erase', max: 1, log });
    await requireWarehouse(pool, log, shutdown.signal);
    await pool.end();
    const opened = await openSession(connectionString, log, () => {}, false, shutdown.signal);
    if (opened.kind === 'busy')
      throw new UserError(
        `A transformer works on this warehouse (${opened.holder}). Stop it, erase, and start it again.`,
      );
    const { client, close } = opened.session;
    shutdown.onRelease('database session', close);

    await refuseDistributed(client);
    const person = await findPerson(client, actor, values.also ?? []);
    const feeds = config.feeds.filter((feed) =>
      feed
        .toLowerCase()
        .split('/')
        .some((part) => person.logins.includes(part)),
    );
    if (feeds.length > 0)
      throw new UserError(
        `FEEDS names this person (${feeds.join(', ')}). Take that out first, or they come in again by name.`,
      );
    const earlier = await findEarlier(client, person);
    const removes = values.remove || earlier.removes;
    const showProgress = createProgress();
    const choice = await chooseWords(client, person, { words, removes }, showProgress);
    const erasure = { removes, erasesWords: choice.erasesWords };
    if (choice.counts.length === 0 && !earlier.wasCutShort) {
      console.log(`Nothing is left to erase: the warehouse does not know ${actor}.`);
      return 0;
    }
    console.log(
      describePerson(actor, person.actorId, person.logins.length, values.also?.length ?? 0),
    );
    if (earlier.removes && !values.remove)
      console.log('They were erased with --remove before, and so they are again.');
    if (earlier.wasCutShort)
      console.log('An erasure of them was cut short; it goes on where it was.');
    process.stdout.write(showRows(choice.counts));
    if (values['dry-run']) {
      console.log('Nothing was changed (--dry-run).');
      return 0;
    }
    if (!values.yes && !(await confirm(shutdown.signal))) {
      console.log('Nothing was changed.');
      return 1;
    }
    const receipt = await erasePerson(client, person, erasure, showProgress);
    const left = await countErasure(client, person, erasure, showProgress);
    console.log(
      `\nReceipt ${receipt.erasureId}: erased, ${receipt.pseudonym} (${receipt.pseudonymId}) stands in their place.`,
    );
    process.stdout.write(showRows(receipt.rows));
    if (left.length > 0) {
      process.stdout.write(`Left after it:\n${showRows(left)}`);
      throw new UserError('Something came in while it was erased. Run the same command again.');
    }
    console.log('Looked through again: nothing is left.');
    return 0;
  },
);

function describePerson(actor: string, id: string | null, logins: number, texts: number): string {
  const account = id === null ? 'no account id known' : `account ${id}`;
  return `${actor}: ${account}, ${logins} login${logins === 1 ? '' : 's'}${texts > 0 ? `, ${texts} other names` : ''}.`;
}

function showRows(rows: readonly ErasedRows[]): string {
  if (rows.length === 0) return '';
  return textTable(
    ['table', 'what', 'rows:'],
    rows.map(({ table, action, rows }) => [table, action, formatCount(rows)]),
  );
}

/** Rows are changed by their place in a table, which a coordinator does not know of the workers' rows. */
async function refuseDistributed(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ is_distributed: boolean }>(
    `select to_regclass('pg_dist_partition') is not null as is_distributed`,
  );
  if (rows[0]?.is_distributed === true)
    throw new UserError(
      'This warehouse is spread over a Citus cluster, where erasing does not work yet.',
    );
}

/** On a terminal only: a line that is written over. */
function createProgress(): (done: number, all: number, what: string) => void {
  if (!process.stderr.isTTY) return () => {};
  return (done, all, what) =>
    process.stderr.write(`\r\u001b[K${done}/${all} ${what}${done === all ? '\r\u001b[K' : ''}`);
}

/** @throws UserError where nobody can answer. */
async function confirm(signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UserError('This cannot be undone. Say --yes to do it without being asked.');
  const asked = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await asked.question('This cannot be undone. Erase? (yes/no) ', { signal });
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    asked.close();
  }
}
