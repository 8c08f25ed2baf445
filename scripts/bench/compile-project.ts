import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../apps/shared/project-root.ts';

/**
 * Compiles the project as the container image has it, into a folder below the project, where compiled modules find
 * `warehouse` and `node_modules`.
 *
 * @throws when the compiler, a development dependency, is missing or finds faults.
 */
export async function compileProject(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const parent = join(projectRoot, '.data');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'bench-dist-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
    const compiler = join(dirname(manifest), 'bin', 'tsc');
    const project = join(projectRoot, 'tsconfig.build.json');
    await promisify(execFile)(process.execPath, [
      compiler,
      '--project',
      project,
      '--outDir',
      folder,
    ]);
    return { folder, remove };
  } catch (error) {
    await remove();
    const { stdout = '' } = error as { stdout?: string };
    throw new Error(`The project does not compile: ${stdout.trim()}`, { cause: error });
  }
}
