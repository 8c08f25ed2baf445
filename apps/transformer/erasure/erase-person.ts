import { MONTHLY_TABLES } from '../../shared/add-months.ts';
import type { Queryable } from '../../shared/database.ts';
import type { Person } from './find-person.ts';

export interface ErasureOptions {
  /** Removes what the person did, instead of keeping it under a pseudonym. */
  removes: boolean;
  /** Whether the logins are names wherever they stand as a word: see ops.make_person. */
  erasesWords: boolean;
}

/** What was changed, or would be, in a table. */
export interface ErasedRows {
  table: string;
  action: 'pseudonymised' | 'removed';
  rows: number;
}

export interface Receipt {
  erasureId: string;
  pseudonym: string;
  pseudonymId: string;
  rows: ErasedRows[];
}

export type Progress = (done: number, all: number, what: string) => void;

interface CountRow {
  table_name: string;
  action: ErasedRows['action'];
  row_count: string;
}

const NOTHING_SAID: Progress = () => {};

/**
 * Counts what an erasure would change. Changes nothing.
 *
 * @param client outside a transaction, with the transformer's lock.
 */
export async function countErasure(
  client: Queryable,
  person: Person,
  { removes, erasesWords }: ErasureOptions,
  onProgress = NOTHING_SAID,
): Promise<ErasedRows[]> {
  const { rows } = await client.query<{ person: string }>(
    // The pseudonym stands for itself: what it would be does not matter for counting.
    `select ops.make_person($1, $2::text[] || case when $5 then array[known.pseudonym] end, $3, $4, coalesce(known.pseudonym, 'erased-'), coalesce(known.pseudonym_id, 8e15::bigint))::text as person
     from (select ops.erased_actor_of(kind, name) as number
           from (select 'id' as kind, $1 as name union all select 'login', unnest($2::text[])) as names) as found
     left join ops.erased_actors as known on known.erased_actor_id = found.number
     order by known.erased_actor_id limit 1`,
    [person.actorId, person.logins, person.texts, erasesWords, removes],
  );
  const values = [rows[0]?.person, removes];
  const counts: CountRow[] = [];
  await eachStep(client, onProgress, async (month) => {
    const { rows } = await client.query<CountRow>(
      month === 'elsewhere'
        ? 'select table_name, action, row_count from ops.erase_elsewhere($1::ops.erased_person, $2, true)'
        : 'select table_name, action, row_count from ops.erase_month($3::date, $1::ops.erased_person, $2, true)',
      month === 'elsewhere' ? values : [...values, month],
    );
    counts.push(...rows);
  });
  return sumUp(counts);
}

/**
 * Erases a person from the whole warehouse, a month at a time, each in a transaction of its own. First of all the tombstone
 * is set, so that nothing of theirs comes in any more. Cut short at any moment and begun again, it goes on where it was.
 *
 * @param client outside a transaction, with the transformer's lock.
 * @returns the receipt, as it is stored in ops.erasures and ops.erasure_counts.
 */
export async function erasePerson(
  client: Queryable,
  person: Person,
  { removes, erasesWords }: ErasureOptions,
  onProgress = NOTHING_SAID,
): Promise<Receipt> {
  const { rows } = await client.query<{ id: string; person: string }>(
    'select erasure_id as id, person::text from ops.begin_erasure($1, $2, $3, $4, $5)',
    [person.actorId, person.logins, person.texts, removes, erasesWords],
  );
  const [begun] = rows;
  if (begun === undefined) throw new Error('ops.begin_erasure gave no row.');
  const values = [begun.id, begun.person, await isRemoval(client, begun.id)];
  await eachStep(client, onProgress, async (month) => {
    await client.query(
      `insert into ops.erasure_counts as stored (erasure_id, table_name, action, month, event_type, source, row_count)
       select $1, table_name, action, $4::date, event_type, source, sum(row_count)
       from ${month === 'elsewhere' ? 'ops.erase_elsewhere(' : 'ops.erase_month($4::date, '}$2::ops.erased_person, $3, false)
       group by table_name, action, event_type, source
       on conflict (erasure_id, table_name, action, month, event_type, source) do update
       set row_count = stored.row_count + excluded.row_count`,
      [...values, month === 'elsewhere' ? null : month],
    );
  });
  await client.query(
    `update ops.erasures set status = 'complete', finished_at = now(), names_in_clear = null where erasure_id = $1`,
    [begun.id],
  );
  await vacuum(client, begun.id, onProgress);
  return await readReceipt(client, begun.id);
}

/** Whether an earlier erasure of the person was cut short, and whether one was to remove their events. */
export async function findEarlier(
  client: Queryable,
  person: Person,
): Promise<{ wasCutShort: boolean; removes: boolean }> {
  const { rows } = await client.query<{ cut_short: boolean | null; removes: boolean | null }>(
    `select bool_or(status = 'running') as cut_short, bool_or(removes) as removes
     from ops.erasures
     where erased_actor_id = (
       select coalesce(
         ops.erased_actor_of('id', $1),
         (select min(ops.erased_actor_of('login', name)) from unnest($2::text[]) as name where $1 is null)))`,
    [person.actorId, person.logins],
  );
  return { wasCutShort: rows[0]?.cut_short ?? false, removes: rows[0]?.removes ?? false };
}

async function isRemoval(client: Queryable, erasureId: string): Promise<boolean | undefined> {
  const { rows } = await client.query<{ removes: boolean }>(
    'select removes from ops.erasures where erasure_id = $1',
    [erasureId],
  );
  return rows[0]?.removes;
}

/** Runs `work` for each month, and for what is not kept by month at last, each in a transaction of its own. */
async function eachStep(
  client: Queryable,
  onProgress: Progress,
  work: (month: string | null | 'elsewhere') => Promise<void>,
): Promise<void> {
  const steps: (string | null)[] = [null];
  for (let n = 0; n < steps.length; n++) {
    await inTransaction(client, () => work(steps[n] ?? null));
    if (n === 0) {
      // Not before: a partition that is made of rows for which there was none has what was done to them.
      const { rows } = await client.query<{ month: string }>(
        `select distinct months.month::text as month
         from unnest($1::regclass[]) as parent cross join lateral ops.months_of(parent) as months order by month`,
        [MONTHLY_TABLES],
      );
      steps.push(...rows.map(({ month }) => month));
    }
    onProgress(n + 1, steps.length + 1, steps[n]?.slice(0, 7) ?? 'without a month');
  }
  await inTransaction(client, () => work('elsewhere'));
  onProgress(steps.length + 1, steps.length + 1, 'dead letters, dimensions, ledgers, reports');
}

async function inTransaction(client: Queryable, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error(`The transaction ended in ${command}.`);
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** Frees what was left behind on disk, and takes statistics anew: they hold the most common values. */
async function vacuum(client: Queryable, erasureId: string, onProgress: Progress): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct case when table_name = any ($2) then ops.partition_name(table_name::regclass, month) else table_name end as name
     from ops.erasure_counts where erasure_id = $1
     union values ('ops.erasures'), ('ops.payload_fields'), ('ops.payload_changes')
     order by name`,
    [erasureId, MONTHLY_TABLES],
  );
  for (const [n, { name }] of rows.entries()) {
    await client.query(`vacuum (analyze) ${name}`);
    onProgress(n + 1, rows.length, `vacuum of ${name}`);
  }
  for (const table of MONTHLY_TABLES) await client.query(`analyze ${table}`);
}

async function readReceipt(client: Queryable, erasureId: string): Promise<Receipt> {
  const { rows } = await client.query<{ pseudonym: string; pseudonym_id: string }>(
    `select pseudonym, pseudonym_id from ops.erasures join ops.erased_actors using (erased_actor_id) where erasure_id = $1`,
    [erasureId],
  );
  const counts = await client.query<CountRow>(
    'select table_name, action, row_count from ops.erasure_counts where erasure_id = $1',
    [erasureId],
  );
  return {
    erasureId,
    pseudonym: rows[0]?.pseudonym ?? '',
    pseudonymId: rows[0]?.pseudonym_id ?? '',
    rows: sumUp(counts.rows),
  };
}

function sumUp(counts: readonly CountRow[]): ErasedRows[] {
  const sums = new Map<string, ErasedRows>();
  for (const { table_name: table, action, row_count } of counts) {
    const sum = sums.get(`${table} ${action}`) ?? { table, action, rows: 0 };
    sums.set(`${table} ${action}`, { ...sum, rows: sum.rows + Number(row_count) });
  }
  return [...sums.values()].sort((a, b) => a.table.localeCompare(b.table));
}
