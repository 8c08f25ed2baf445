import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { formatCount } from '../../../apps/shared/report/quantities.ts';
import type { ApiListens } from '../../../apps/shared/warehouse-processes.ts';
import { createQuestions, type Question } from '../api/draw-requests.ts';
import type { Bench, BenchDatabase, Figure, Part, PartResult } from '../bench-types.ts';
import { compileProject } from '../compile-project.ts';
import { growHistory } from '../grow-history.ts';
import { figure } from '../measure.ts';

const CLIENTS = 50;
const MOST_P95_MS = 50;
/** Each client's own, so that they seldom ask the same at once; from the first again when it is through. */
const QUESTIONS_OF_A_CLIENT = 500;

interface Answered {
  kind: string;
  ms: number;
}

/** How the clients ask. */
interface Pace {
  name: string;
  /** Whether all ask the same twenty questions, one of each kind; otherwise each has its own. */
  isShared?: boolean;
  /** Of each client; undefined when the next question follows the answer at once. */
  questionsPerSecond?: number;
}

const PACES: readonly Pace[] = [
  { name: 'the same questions, without a pause', isShared: true },
  // An open dashboard asks some ten every 5 to 30 seconds.
  { name: 'their own questions, one a second', questionsPerSecond: 1 },
  { name: 'their own questions, without a pause' },
];

/** What fifty clients wait for. */
export const api: Part = {
  name: 'api',
  about: 'the API under 50 clients, on the longest history',
  run: async (bench) => {
    const size = bench.sizes.histories.at(-1) ?? 0;
    const { database } = await growHistory(bench, size, 'earlier months');
    const result = await measureApi(bench, database, size);
    await database.drop();
    return result;
  },
};

/** Loads the API's own process, compiled as in the container image. Load and database are on the same machine. */
export async function measureApi(
  bench: Pick<Bench, 'signal' | 'progress' | 'seed' | 'workDir' | 'sizes'>,
  { pool, connectionString }: Pick<BenchDatabase, 'pool' | 'connectionString'>,
  size: number,
): Promise<PartResult> {
  bench.progress('api: compiling');
  const built = await compileProject();
  const server = await startApi(built.folder, bench.workDir, connectionString);
  try {
    const draw = await createQuestions(pool, bench.seed);
    const { loadSeconds } = bench.sizes;
    const load = (pace: Pace, seconds: number) =>
      askAll(server.address, draw, pace, seconds, bench.signal);
    bench.progress('api: warming up');
    await load({ name: 'warming up' }, Math.ceil(loadSeconds / 3));
    const result: PartResult = { figures: [], verdicts: [] };
    for (const pace of PACES) {
      bench.progress(`api: ${CLIENTS} clients, ${pace.name}, ${loadSeconds} s`);
      const { figures, verdicts } = report(await load(pace, loadSeconds), pace, loadSeconds, size);
      result.figures.push(...figures);
      result.verdicts.push(...verdicts);
    }
    return result;
  } finally {
    await stop(server.child);
    await built.remove();
  }
}

/** @throws Error when an answer was not 200: then nothing is measured. */
async function askAll(
  address: string,
  draw: () => Question,
  pace: Pace,
  seconds: number,
  signal: AbortSignal,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  const faults = new Map<string, number>();
  const note = ({ kind, url }: Question, status: number, ms: number) => {
    answered.push({ kind, ms });
    if (status !== 200)
      faults.set(`${status} to ${url}`, (faults.get(`${status} to ${url}`) ?? 0) + 1);
  };
  const shared = pace.isShared === true ? oneOfEachKind(draw) : undefined;
  const instances: autocannon.Instance[] = [];
  const stopAll = () => {
    for (const instance of instances) instance.stop();
  };
  signal.addEventListener('abort', stopAll, { once: true });
  const results = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, number) => {
      // One after the other, over a second: those that ask by the clock do not all ask at the same moment.
      await sleep((number * 1000) / CLIENTS);
      signal.throwIfAborted();
      const questions = shared ?? Array.from({ length: QUESTIONS_OF_A_CLIENT }, draw);
      return await askAsOne(address, questions, pace, seconds, note, instances);
    }),
  ).finally(() => signal.removeEventListener('abort', stopAll));
  signal.throwIfAborted();
  const failed = results.reduce((sum, { errors, timeouts }) => sum + errors + timeouts, 0);
  if (failed + faults.size > 0) {
    const [first] = faults;
    throw new Error(
      `${failed} errors and timeouts, ${faults.size} other answers${first === undefined ? '' : `, such as ${first[0]}`}: nothing is measured by this.`,
    );
  }
  return answered;
}

function oneOfEachKind(draw: () => Question): Question[] {
  const drawn = Array.from({ length: QUESTIONS_OF_A_CLIENT * CLIENTS }, draw);
  return [...new Map(drawn.map((question) => [question.kind, question])).values()];
}

/** One client on one connection, who waits for an answer before the next question. Its instance can be stopped. */
async function askAsOne(
  address: string,
  questions: readonly Question[],
  { questionsPerSecond }: Pace,
  seconds: number,
  onAnswer: (question: Question, status: number, ms: number) => void,
  instances: autocannon.Instance[],
): Promise<autocannon.Result> {
  const options: autocannon.Options = {
    url: address,
    connections: 1,
    duration: seconds,
    timeout: 30,
    ...(questionsPerSecond === undefined ? {} : { connectionRate: questionsPerSecond }),
    setupClient: (client) => {
      client.setRequests(questions.map(({ url }) => ({ method: 'GET', path: url })));
      let number = 0;
      client.on('response', (status, _bytes, ms) => {
        const question = questions[number++ % questions.length];
        if (question !== undefined) onAnswer(question, status, ms);
      });
    },
  };
  return await new Promise<autocannon.Result>((resolve, reject) => {
    instances.push(
      autocannon(options, (error, result) => (error ? reject(error as Error) : resolve(result))),
    );
  });
}

function report(
  answered: readonly Answered[],
  pace: Pace,
  seconds: number,
  size: number,
): PartResult {
  const part = 'api';
  const kinds = new Map<string, Answered[]>();
  for (const one of answered) {
    const own = kinds.get(one.kind) ?? [];
    own.push(one);
    kinds.set(one.kind, own);
  }
  const all = figureOf(`${pace.name}, ${formatCount(size)} facts`, answered, seconds);
  const figures = [
    all,
    ...[...kinds]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, own]) => figureOf(`  ${kind}`, own, seconds)),
  ];
  const p95 = all.latency?.p95 ?? Number.NaN;
  return {
    figures,
    verdicts: [
      {
        part,
        what: `p95 of all answers, ${CLIENTS} clients, ${pace.name}, ${formatCount(size)} facts`,
        measured: `${p95.toFixed(1)} ms`,
        target: `< ${MOST_P95_MS} ms`,
        isMet: p95 < MOST_P95_MS,
      },
    ],
  };
}

function figureOf(way: string, answered: readonly Answered[], seconds: number): Figure {
  const times = answered.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(share * times.length) - 1] ?? Number.NaN;
  const latency = {
    requests: times.length,
    requestsPerSecond: times.length / seconds,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  };
  return figure({
    part: 'api',
    way,
    ms: latency.p50,
    latency,
    note: `p95 ${latency.p95.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms, ${latency.requestsPerSecond.toFixed(1)} requests/s`,
  });
}

async function startApi(
  built: string,
  workDir: string,
  connectionString: string,
): Promise<{ child: ChildProcess; address: string }> {
  const child = fork(join(built, 'apps', 'api', 'main.js'), [], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: connectionString,
      API_PORT: '0',
      API_RATE_LIMIT: '0',
      LOG_DIR: workDir,
      LOG_LEVEL: 'error',
    },
    cwd: workDir,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The API ended with code ${code} before it listened.`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [ApiListens];
  ended.catch(() => {});
  return { child, address: message.address };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
