import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { projectRoot } from '../../apps/shared/project-root.ts';
import { runChild, supervise } from '../../apps/shared/supervise.ts';
import {
  type ApiListens,
  processModule,
  warehouseProcesses,
} from '../../apps/shared/warehouse-processes.ts';
import { silentLog } from '../support/run-transform.ts';
import { until, useProcesses } from '../support/spawn-process.ts';

const start = useProcesses();
const folder = mkdtempSync(join(tmpdir(), 'assay-supervise-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, text: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return path;
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('supervise', () => {
  test('starts a crashed child again and stops it when asked', async () => {
    const log = join(folder, 'starts');
    writeFileSync(log, '');
    const module = script(
      'crasher',
      `import { appendFileSync, readFileSync } from 'node:fs';
       appendFileSync(${JSON.stringify(log)}, process.pid + '\\n');
       if (readFileSync(${JSON.stringify(log)}, 'utf8').split('\\n').length < 4) process.exit(3);
       process.on('SIGTERM', () => process.exit(0));
       setInterval(() => {}, 1000);`,
    );
    const starts = () => readFileSync(log, 'utf8').trim().split('\n').filter(Boolean).map(Number);
    const child = supervise({ name: 'crasher', module }, silentLog);
    await until(() => starts().length === 3, 'it has been started three times');
    await child.stop();
    expect(starts()).toHaveLength(3);
    expect(starts().some(isAlive)).toBe(false);
  });

  test('runChild gives the exit code', async () => {
    expect(await runChild({ name: 'seven', module: script('seven', 'process.exit(7)') })).toBe(7);
    expect(
      await runChild({
        name: 'killed',
        module: script('killed', 'process.kill(process.pid, "SIGKILL")'),
      }),
    ).toBe(1);
  });
});

describe('the API of a warehouse', () => {
  test('has its address printed once it answers, and again only when it has moved', () => {
    const api = warehouseProcesses({}).find(({ name }) => name === 'api');
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    for (const address of ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', 'http://[::1]:9090'])
      api?.onMessage?.({ kind: 'api-listens', address });
    api?.onMessage?.('something else');
    const lines = printed.mock.calls.map(([line]) => String(line).trim());
    printed.mockRestore();
    expect(lines).toEqual([
      'Open http://127.0.0.1:8080 for the dashboard, http://127.0.0.1:8080/docs for the API.',
      'Open http://[::1]:9090 for the dashboard, http://[::1]:9090/docs for the API.',
    ]);
  });

  test('tells its address to whoever started it, answers, and stops when asked; a taken port is told', async () => {
    const env = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      LOG_DIR: join(folder, 'logs'),
    };
    let address = '';
    const api = supervise(
      {
        name: 'api',
        module: processModule('api'),
        nodeOptions: ['--import', import.meta.resolve('tsx')],
        env: { ...env, API_PORT: '0' },
        onMessage: (message) => {
          address = (message as ApiListens).address;
        },
      },
      silentLog,
    );
    await until(() => address !== '', 'it listens', 180_000);
    const live = await fetch(`${address}/health/live`);
    expect(live.status).toBe(200);
    const { port } = new URL(address);
    const second = start('apps/api/main.ts', [], { ...env, API_PORT: port });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`Port ${port} of 127.0.0.1 is taken. Set API_PORT`);
    await api.stop();
    await expect(fetch(`${address}/health/live`)).rejects.toThrow();
  }, 360_000);
});

describe('the embedded server', () => {
  test('several that begin at once share one, and the last one stops it', async () => {
    const dataDir = join(folder, 'shared');
    const commands = Array.from({ length: 4 }, () =>
      start('scripts/setup-db.ts', [], { EMBEDDED_DATA_DIR: dataDir }),
    );
    expect(await Promise.all(commands.map((command) => command.exited))).toEqual([0, 0, 0, 0]);
    await until(() => !existsSync(join(dataDir, 'postmaster.pid')), 'the server has ended');
    expect(readdirSync(`${dataDir}.users`)).toEqual([]);
  }, 360_000);

  test('ends with its process, even one that is killed, keeps its data, and is shared while it runs', async () => {
    const dataDir = join(folder, 'data');
    const user = script(
      'user',
      `import { openEmbedded } from ${JSON.stringify(join(projectRoot, 'apps/shared/embedded/open-embedded.ts'))};
       const database = await openEmbedded(${JSON.stringify(dataDir)});
       console.log(database.connectionString);
       setInterval(() => {}, 1000);`,
    );
    const run = () => {
      const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), user], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
      });
      return { child, url: () => text.trim() };
    };
    const first = run();
    await until(() => first.url() !== '', 'it has started', 180_000);
    const status = await start('scripts/setup-db.ts', [], { EMBEDDED_DATA_DIR: dataDir }).exited;
    expect(status).toBe(0);
    const serverPid = Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    expect(isAlive(serverPid)).toBe(true);
    first.child.kill('SIGKILL');
    await until(() => !isAlive(serverPid), 'the server has ended');

    const second = run();
    await until(() => second.url() !== '', 'it has started again', 180_000);
    expect(second.url()).toBe(first.url());
    const again = start('scripts/setup-db.ts', [], { EMBEDDED_DATA_DIR: dataDir });
    expect(await again.exited).toBe(0);
    expect(again.output()).toContain('Nothing to do');
    // A third user keeps it running when the one that started it ends.
    const third = run();
    await until(() => third.url() !== '', 'the third has joined', 180_000);
    const pid = Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    second.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(isAlive(pid)).toBe(true);
    third.child.kill('SIGTERM');
    await until(() => !isAlive(pid), 'the server has ended');
  }, 360_000);
});
