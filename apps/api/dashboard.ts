import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { projectRoot } from '../shared/project-root.ts';

/** Where the page is, in the sources and in the image alike. */
const DASHBOARD = join(projectRoot, 'apps', 'api', 'dashboard');
const UPLOT = dirname(createRequire(import.meta.url).resolve('uplot'));

/** The page at /, and the chart library it uses at /assets/uplot/: files of ours, which hold no data and need no key. */
export async function addDashboard(app: FastifyInstance): Promise<void> {
  if (!existsSync(DASHBOARD)) return;
  await app.register(files, { root: DASHBOARD, wildcard: false, maxAge: 0 });
  await app.register(files, {
    root: UPLOT,
    prefix: '/assets/uplot/',
    decorateReply: false,
    wildcard: false,
    globIgnore: ['*.d.ts', '*.cjs.js'],
    maxAge: '1d',
  });
}
