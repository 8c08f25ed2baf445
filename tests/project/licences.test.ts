// Everything that a user of the project installs comes under a licence that asks for no more than its own notice.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../apps/shared/project-root.ts';

const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Unlicense',
]);

interface LockedPackage {
  license?: string;
  dev?: boolean;
  resolved?: string;
  integrity?: string;
}

const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};
/** What is not for development only: optional packages for other platforms among it. */
const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);

/** Of an expression such as `(MIT OR GPL-3.0)` one side is enough, of one with AND both are needed. */
function isAllowed(licence: string | undefined): boolean {
  if (licence === undefined) return false;
  return licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((side) => side.split(' AND ').every((name) => ALLOWED.has(name.trim())));
}

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['MIT AND Apache-2.0', true],
  ['MIT AND GPL-3.0-only', false],
  ['AGPL-3.0-only', false],
  ['SEE LICENSE IN x', false],
  ['UNLICENSED', false],
  [undefined, false],
])('the licence %s is allowed: %s', (licence, allowed) => {
  expect(isAllowed(licence)).toBe(allowed);
});

test('every package that a user installs has a licence of the list', () => {
  expect(installed.length).toBeGreaterThan(50);
  expect(
    installed
      .filter(([, { license }]) => !isAllowed(license))
      .map(([path, { license }]) => `${path}: ${license ?? 'no licence named'}`),
  ).toEqual([]);
});

test('every package that is installed is pinned by a hash of its content', () => {
  const unpinned = Object.entries(packages)
    .filter(([path, { integrity }]) => path !== '' && !integrity?.startsWith('sha512-'))
    .map(([path]) => path);
  expect(unpinned).toEqual([]);
});
