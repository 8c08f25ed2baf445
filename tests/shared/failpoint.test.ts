import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../apps/shared/config.ts';
import { FAILPOINTS, failpoint, parseFailMode } from '../../apps/shared/failpoint.ts';
import { projectRoot } from '../../apps/shared/project-root.ts';
import { useProcesses } from '../support/spawn-process.ts';

const start = useProcesses();

describe('FAIL_MODE', () => {
  test('names a step, and the time it is passed', () => {
    expect(parseFailMode('none')).toBe('none');
    expect(parseFailMode('kill:gold.on-step')).toEqual({ step: 'gold.on-step', pass: 1 });
    expect(parseFailMode('kill:silver.before-commit:12')).toEqual({
      step: 'silver.before-commit',
      pass: 12,
    });
  });

  test.each(['kill', 'kill:nowhere', 'kill:gold.on-step:0', 'kill:gold.on-step:x', 'stop'])(
    '%s is refused, and the message says what may be said',
    (text) => {
      expect(() => loadConfig({ FAIL_MODE: text })).toThrow(
        `FAIL_MODE is "${text}"; it must be none, kill:STEP or kill:STEP:N`,
      );
    },
  );

  test('is refused in production', () => {
    const environment = { FAIL_MODE: 'kill:gold.on-step', NODE_ENV: 'production' };
    expect(() => loadConfig(environment)).toThrow('FAIL_MODE is set, and NODE_ENV is production');
    expect(loadConfig({ ...environment, FAIL_MODE: 'none' }).failMode).toBeUndefined();
    expect(loadConfig({ ...environment, NODE_ENV: '' }).failMode?.step).toBe('gold.on-step');
  });
});

test('without FAIL_MODE no step does anything', () => {
  for (const step of FAILPOINTS) failpoint(step);
});

test('a process kills itself the time it is told to, at its own step only', async () => {
  const program = join(mkdtempSync(join(tmpdir(), 'assay-failpoint-')), 'program.ts');
  writeFileSync(
    program,
    `import { armFailpoint, failpoint } from ${JSON.stringify(join(projectRoot, 'apps/shared/failpoint.ts'))};
     armFailpoint({ step: 'gold.on-step', pass: 2 });
     for (const step of ['gold.on-step', 'gold.after-commit', 'gold.on-step', 'gold.on-step']) {
       process.stdout.write('.');
       failpoint(step);
     }`,
  );
  const killed = start(relative(projectRoot, program));
  expect(await killed.exited).toBeNull();
  expect(killed.child.signalCode).toBe('SIGKILL');
  // The third call is the second time that the step is passed.
  expect(killed.output()).toBe('...');
});

test('every step is passed somewhere, and documented', () => {
  const sources = readdirSync(join(projectRoot, 'apps'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(projectRoot, 'apps', name), 'utf8'))
    .join('\n');
  const manual = readFileSync(join(projectRoot, 'docs/faults.md'), 'utf8');
  for (const step of FAILPOINTS) {
    expect(sources, step).toContain(`failpoint('${step}')`);
    expect(manual, step).toContain(`\`${step}\``);
  }
});
