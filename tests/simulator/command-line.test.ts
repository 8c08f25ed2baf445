import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createSimulator } from '../../apps/simulator/create-simulator.ts';
import { readCommandLine, usage } from '../../apps/simulator/read-command-line.ts';
import { get } from './support.ts';

const main = fileURLToPath(new URL('../../apps/simulator/main.ts', import.meta.url));

test('without arguments the defaults hold', () => {
  const command = readCommandLine([], {});
  expect(command).toMatchObject({ help: false, truth: false, port: 4010, host: '127.0.0.1' });
  expect(command.options).toEqual({
    suspendedTokens: [],
    archives: {},
    replayFiles: [],
    failures: { rate: 0 },
  });
});

test('every option is read from the command line', () => {
  const text =
    '--port 0 --host 0.0.0.0 --seed 7 --events-per-second 2.5 --bad-row-rate 0.02 --late-rate 0.1 ' +
    '--duplicate-rate 0 --poll-interval-seconds 1 --rate-limit 10 --suspended-token a --suspended-token b ' +
    '--history-hours 24 --epoch 2026-01-31T00:00:00Z --archive one=0.6 --archive two=1 ' +
    '--failure-rate 0.1 --failure-kinds 500,html --truth --replay a.gz b.json c';
  const command = readCommandLine(text.split(' '), { SIMULATOR_SEED: '3' });
  expect(command).toEqual({
    help: false,
    truth: true,
    port: 0,
    host: '0.0.0.0',
    options: {
      seed: 7,
      eventsPerSecond: 2.5,
      badRowRate: 0.02,
      lateRate: 0.1,
      duplicateRate: 0,
      pollIntervalSeconds: 1,
      rateLimit: 10,
      suspendedTokens: ['a', 'b'],
      historyHours: 24,
      epoch: Date.parse('2026-01-31T00:00:00Z'),
      archives: { one: { captureRate: 0.6 }, two: { captureRate: 1 } },
      replayFiles: ['a.gz', 'b.json', 'c'],
      failures: { rate: 0.1, kinds: ['500', 'html'] },
    },
  });
  for (const option of text.match(/--[a-z-]+/g) ?? []) expect(usage).toContain(option);
});

test('every option is read from the environment', () => {
  const { port, host, truth, options } = readCommandLine([], {
    SIMULATOR_PORT: '5000',
    SIMULATOR_HOST: '0.0.0.0',
    SIMULATOR_SEED: '9',
    SIMULATOR_EVENTS_PER_SECOND: '50',
    SIMULATOR_BAD_ROW_RATE: '0.02',
    SIMULATOR_POLL_INTERVAL_SECONDS: '2',
    SIMULATOR_RATE_LIMIT: '',
    SIMULATOR_ARCHIVE: 'one=0.6,two=0.3',
    SIMULATOR_REPLAY: 'a.gz,b.gz',
    SIMULATOR_TRUTH: 'true',
  });
  expect({ port, host, truth }).toEqual({ port: 5000, host: '0.0.0.0', truth: true });
  expect(options).toMatchObject({
    seed: 9,
    eventsPerSecond: 50,
    badRowRate: 0.02,
    pollIntervalSeconds: 2,
    archives: { one: { captureRate: 0.6 }, two: { captureRate: 0.3 } },
    replayFiles: ['a.gz', 'b.gz'],
  });
  expect(options).not.toHaveProperty('rateLimit');
});

test('faults are told together', () => {
  const args = '--port 70000 --seed x --epoch never --archive one stray'.split(' ');
  expect(() => readCommandLine(args, {})).toThrow(/--port must be from 0 to 65535, not 70000/);
  expect(() => readCommandLine(args, {})).toThrow(/--seed must be a number, not x/);
  expect(() => readCommandLine(args, {})).toThrow(/--epoch must be a time/);
  expect(() => readCommandLine(args, {})).toThrow(/--archive must look like NAME=0.6, not one/);
  expect(() => readCommandLine(args, {})).toThrow(/unexpected argument stray/);
  expect(() => readCommandLine(['--nonsense'], {})).toThrow(/Unknown option '--nonsense'/);
});

test('options that cannot be are refused together', () => {
  const options = {
    seed: 1.5,
    eventsPerSecond: -1,
    badRowRate: 2,
    historyHours: 0.5,
    archives: { _truth: { captureRate: 3 } },
    failures: { rate: -1, kinds: [] },
  };
  expect(() => createSimulator(options)).toThrow(
    [
      'seed must be a whole number, not 1.5',
      'events per second must be from 0 to 10000, not -1',
      'bad row rate must be a share from 0 to 1, not 2',
      'history hours must be whole hours, a year at most, not 0.5',
      'archive must be one path segment that begins without _, not _truth',
      'capture rate of archive _truth must be a share from 0 to 1, not 3',
      'failure rate must be a share from 0 to 1, not -1',
      'failure kinds must be at least one, not none',
    ].join('\n'),
  );
});

function run(args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { PATH: process.env.PATH },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const listening = async () => {
    while (!output.includes('listening')) await once(child.stdout, 'data');
    return /http:\S+/.exec(output)?.[0] ?? '';
  };
  return { child, exit, listening, output: () => output, errors: () => errors };
}

test('the process serves, and on a signal prints the truth and exits 0', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const simulator = run(['--port', '0', '--truth', '--seed', '5']);
    const url = await simulator.listening();
    expect((await get(`${url}/events?per_page=100`)).items).toHaveLength(100);
    simulator.child.kill(signal);
    expect(await simulator.exit).toBe(0);
    const truth = JSON.parse(simulator.output().slice(simulator.output().indexOf('{')));
    expect(truth.requests).toEqual({ total: 1, byOutcome: { 200: 1 } });
  }
});

test('the process says what is wrong and exits 1', async () => {
  const wrong = run(['--bad-row-rate', '7']);
  expect(await wrong.exit).toBe(1);
  expect(wrong.errors()).toContain('simulator: bad row rate must be a share from 0 to 1, not 7\n');
  const unknown = run(['--nonsense']);
  expect(await unknown.exit).toBe(1);
  const missing = run(['--replay', 'no-such-file.json']);
  expect(await missing.exit).toBe(1);
  expect(missing.errors()).toContain('cannot replay no-such-file.json');
});

test('a port that is taken is told, with what to do', async () => {
  const first = createSimulator();
  onTestFinished(() => first.stop());
  const port = Number(new URL(await first.start()).port);
  const second = createSimulator();
  await expect(second.start({ port })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken: stop what uses it, or choose another`,
  );
});

test('--help prints the options and exits 0', async () => {
  const help = run(['--help']);
  expect(await help.exit).toBe(0);
  expect(help.output()).toBe(usage);
});

test('a forked simulator tells its url, and stops when its parent lets go', async () => {
  const child = fork(main, ['--port', '0'], { execArgv: ['--import', 'tsx'], silent: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [message] = await once(child, 'message');
  expect(message).toEqual({ kind: 'listening', url: expect.stringMatching(/^http:/) });
  expect((await get(`${message.url}/_health`)).status).toBe(200);
  child.disconnect();
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});
