// Fills in defaults and refuses what cannot be, all faults at once.
import { failureKinds } from './create-failures.ts';
import type { Settings, SimulatorOptions } from './simulator-types.ts';

/**
 * Gives the settings that options stand for.
 * @throws Error that lists every fault, one a line
 */
export function readSettings(options: SimulatorOptions): Settings {
  const settings: Settings = {
    seed: options.seed ?? 1,
    eventsPerSecond: options.eventsPerSecond ?? 20,
    badRowRate: options.badRowRate ?? 0,
    lateRate: options.lateRate ?? 0.01,
    duplicateRate: options.duplicateRate ?? 0.005,
    pollIntervalSeconds: options.pollIntervalSeconds ?? 60,
    rateLimit: options.rateLimit ?? null,
    suspendedTokens: options.suspendedTokens ?? [],
    historyHours: options.historyHours ?? 3,
    epoch: options.epoch ?? null,
    archives: options.archives ?? {},
    replayFiles: options.replayFiles ?? [],
    failures: options.failures ?? { rate: 0 },
    now: options.now ?? Date.now,
  };
  const faults = faultsIn(settings);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return settings;
}

function faultsIn(settings: Settings): string[] {
  const faults: string[] = [];
  const expect = (holds: boolean, name: string, wanted: string, found: unknown) => {
    if (!holds) faults.push(`${name} must be ${wanted}, not ${String(found)}`);
  };
  const expectShare = (name: string, value: number) =>
    expect(value >= 0 && value <= 1, name, 'a share from 0 to 1', value);

  const { seed, eventsPerSecond, historyHours, rateLimit, epoch } = settings;
  expect(Number.isSafeInteger(seed), 'seed', 'a whole number', seed);
  // Above, one request for a page would make more events than fit between two of them.
  const isSpeed = eventsPerSecond >= 0 && eventsPerSecond <= 10_000;
  expect(isSpeed, 'events per second', 'from 0 to 10000', eventsPerSecond);
  expectShare('bad row rate', settings.badRowRate);
  expectShare('late rate', settings.lateRate);
  expectShare('duplicate rate', settings.duplicateRate);
  const interval = settings.pollIntervalSeconds;
  expect(interval >= 0 && interval <= 86_400, 'poll interval', 'seconds of a day', interval);
  const isLimit = rateLimit === null || (Number.isInteger(rateLimit) && rateLimit >= 0);
  expect(isLimit, 'rate limit', 'a number of requests', rateLimit);
  const isHistory = Number.isInteger(historyHours) && historyHours >= 0 && historyHours <= 8760;
  expect(isHistory, 'history hours', 'whole hours, a year at most', historyHours);
  const isTime = epoch === null || Number.isSafeInteger(epoch);
  expect(isTime, 'epoch', 'a time', epoch);
  for (const [prefix, plan] of Object.entries(settings.archives)) {
    expect(!/^_|\//.test(prefix), 'archive', 'one path segment that begins without _', prefix);
    expectShare(`capture rate of archive ${prefix}`, plan.captureRate);
  }
  expectShare('failure rate', settings.failures.rate);
  for (const kind of settings.failures.kinds ?? []) {
    expect(failureKinds.includes(kind), 'failure kind', `one of ${failureKinds.join(', ')}`, kind);
  }
  expect(settings.failures.kinds?.length !== 0, 'failure kinds', 'at least one', 'none');
  return faults;
}
