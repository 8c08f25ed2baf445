import {
  type Check,
  type CheckFault,
  LAYERS,
  type Layer,
  type Setting,
  type Severity,
} from './check.ts';

const NAME = /^[a-z][a-z0-9_]{2,99}$/;
const SETTING = /^([a-z][a-z0-9_]*) *= *([^ ,=]+)(?: +(.*))?$/;

/** Where a check comes from. */
export interface CheckFile {
  name: string;
  severity: Severity;
  path: string;
  text: string;
}

/**
 * Reads a check from its file: comment lines that state the grain, then `layer:`, `category:`, `why:`, if need be `behind:`, and
 * any number of `setting: NAME = VALUE  meaning`; then one query.
 *
 * @returns a fault that names everything that is missing, for a file that is no check.
 */
export function readCheck({ name, severity, path, text }: CheckFile): Check | CheckFault {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const header = lines.slice(0, Math.max(0, end)).map((line) => line.slice(2).trim());
  const sql = lines.slice(Math.max(0, end)).join('\n').trim().replace(/;$/, '');
  const entry = (key: string) =>
    header
      .find((line) => line.startsWith(`${key}:`))
      ?.slice(key.length + 1)
      .trim();

  const layer = entry('layer');
  const behind = entry('behind') ?? (layer === 'gold' ? 'gold' : undefined);
  const category = entry('category');
  const why = entry('why');
  const grain = header[0] ?? '';
  const settings = header
    .filter((line) => line.startsWith('setting:'))
    .map((line) => line.slice('setting:'.length).trim());

  const faults = [
    NAME.test(name) ? '' : 'its name is not made of small letters, digits and _',
    grain === '' || /^(layer|category|why|setting):/.test(grain)
      ? 'its first line does not say what a row is (-- One row per …)'
      : '',
    isLayer(layer) ? '' : `it has no line "-- layer: …" with ${LAYERS.join(', ')}`,
    isPipeline(behind) ? '' : 'its line "-- behind: …" names neither silver nor gold',
    category ? '' : 'it has no line "-- category: …"',
    why ? '' : 'it has no line "-- why: …"',
    ...settings
      .filter((setting) => !SETTING.test(setting))
      .map((setting) => `its setting "${setting}" is not NAME = VALUE`),
    sql === '' ? 'it has no query' : '',
  ].filter((fault) => fault !== '');
  if (faults.length > 0 || !isLayer(layer) || !isPipeline(behind) || !category || !why)
    return { name, severity, path, message: `The file is no check: ${faults.join('; ')}.` };
  return {
    name,
    severity,
    path,
    grain,
    layer,
    behind,
    category,
    why,
    sql,
    settings: settings.map(readSetting),
  };
}

function isLayer(layer: string | undefined): layer is Layer {
  return (LAYERS as readonly string[]).includes(layer ?? '');
}

function isPipeline(name: string | undefined): name is 'silver' | 'gold' | undefined {
  return name === undefined || name === 'silver' || name === 'gold';
}

function readSetting(written: string): Setting {
  const [, name = '', value = '', meaning = ''] = SETTING.exec(written) ?? [];
  return { name, value, meaning };
}
