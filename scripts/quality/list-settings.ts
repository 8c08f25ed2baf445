import { textTable } from '../../apps/shared/report/text-table.ts';
import type { CheckList } from '../../apps/transformer/quality/list-checks.ts';
import {
  RUNNER_SETTINGS,
  resolveSettings,
} from '../../apps/transformer/quality/resolve-settings.ts';

/** The checks, then the settings with their values, as two tables. */
export function listSettings(
  { checks, faults }: CheckList,
  given: Readonly<Record<string, string>>,
): string {
  const values = resolveSettings(checks, given);
  const declared = new Map(
    [...RUNNER_SETTINGS, ...checks.flatMap((check) => check.settings)].map((setting) => [
      setting.name,
      setting,
    ]),
  );
  const checkTable = textTable(
    ['severity', 'check', 'layer', 'category'],
    checks.map(({ severity, name, layer, category }) => [severity, name, layer, category]),
  );
  const settingTable = textTable(
    ['setting', 'value', 'default', 'meaning'],
    [...declared.values()].map(({ name, value, meaning }) => [
      name,
      values.get(name) ?? '',
      value,
      meaning,
    ]),
  );
  const faultLines = faults.map(({ path, message }) => `${path}: ${message}\n`).join('');
  return `${checkTable}\n${settingTable}${faultLines === '' ? '' : `\n${faultLines}`}`;
}
