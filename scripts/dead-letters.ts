import {
  type DeadLetter,
  discardDeadLetter,
  listDeadLetters,
  readRaw,
  replayDeadLetters,
} from '../apps/listener/dead-letters.ts';
import { createPool } from '../apps/shared/database.ts';
import { UserError } from '../apps/shared/errors.ts';
import { readNumber } from '../apps/shared/read-number.ts';
import { textTable } from '../apps/shared/report/text-table.ts';
import { runCommand } from '../apps/shared/run-command.ts';

const help = `
Usage: npm run dead-letters -- list | show ID | replay [ID] | discard ID --why TEXT

Items that could not be stored as events, with their bytes as they came.

  list            the open ones, newest first
  show ID         one of them, with its bytes (--raw: the bytes alone)
  replay [ID]     tries to store them as events again: one, those of the filter, or all that are open;
                  a record of a CSV file by the columns of its header
  discard ID      closes one that is not worth keeping open; its bytes stay

  --source TEXT   filter: sources that begin so, such as api: or file:2015
  --code CODE     filter: SQLSTATE of the refusal
  --all           list resolved ones as well
  --limit N       how many to list; default 50
  --json          list as JSON
`;

const options = {
  source: { type: 'string' },
  code: { type: 'string' },
  all: { type: 'boolean' },
  limit: { type: 'string', default: '50' },
  json: { type: 'boolean' },
  raw: { type: 'boolean' },
  why: { type: 'string' },
} as const;

const LONGEST_MESSAGE = 60;
const LIMITS = { min: 1, max: 1_000_000 };

await runCommand(
  { name: 'dead-letters', help, options, role: 'listener' },
  async ({ values, positionals, connect, shutdown }) => {
    const [action, id, ...rest] = positionals;
    if (action === undefined || rest.length > 0) throw new UserError(help.trim());
    const limit = readNumber('limit', values.limit, LIMITS);
    const pool = createPool({
      connectionString: await connect(),
      applicationName: 'dead-letters',
      max: 1,
    });
    shutdown.onRelease('database pool', () => pool.end());
    const filter = { id, source: values.source, code: values.code, includeResolved: values.all };

    switch (action) {
      case 'list': {
        const letters = await listDeadLetters(pool, filter, limit);
        if (values.json) console.log(JSON.stringify(letters, null, 2));
        else if (letters.length === 0) console.log('No dead letters.');
        else process.stdout.write(showLetters(letters));
        return 0;
      }
      case 'show': {
        if (id === undefined) throw new UserError('Which one? npm run dead-letters -- show ID');
        const raw = await readRaw(pool, id);
        if (values.raw) {
          process.stdout.write(raw);
          return 0;
        }
        const [letter] = await listDeadLetters(pool, { id, includeResolved: true }, 1);
        for (const [name, value] of Object.entries(letter ?? {}))
          console.log(`${name.padEnd(16)} ${value ?? ''}`);
        console.log(`\n${raw.toString('utf8')}`);
        return 0;
      }
      case 'replay': {
        const { replayed, alreadyKnown, refusedAgain } = await replayDeadLetters(pool, filter);
        console.log(
          `${replayed} replayed (${alreadyKnown} were known already), ${refusedAgain} refused again.`,
        );
        return 0;
      }
      case 'discard': {
        if (id === undefined || values.why === undefined) {
          throw new UserError('Say which and why: npm run dead-letters -- discard ID --why "…"');
        }
        const wasOpen = await discardDeadLetter(pool, id, values.why);
        console.log(
          wasOpen ? `Dead letter ${id} is discarded.` : `Dead letter ${id} was resolved before.`,
        );
        return 0;
      }
      default:
        throw new UserError(`"${action}" is none of list, show, replay, discard.`);
    }
  },
);

function showLetters(letters: readonly DeadLetter[]): string {
  return textTable(
    ['id:', 'source', 'position', 'code', 'message', 'last failed', 'attempts:', 'bytes:', 'state'],
    letters.map((letter) => [
      letter.dead_letter_id,
      letter.source,
      letter.position ?? '',
      letter.error_code,
      letter.error_message.slice(0, LONGEST_MESSAGE),
      letter.last_failed_at,
      String(letter.attempts),
      String(letter.size_bytes),
      letter.resolution ?? 'open',
    ]),
  );
}
