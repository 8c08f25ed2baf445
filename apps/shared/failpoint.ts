/**
 * Steps at which a process can be made to kill itself (FAIL_MODE=kill:STEP), each named for what has happened by then.
 * docs/faults.md says what every one of them stands for.
 */
export const FAILPOINTS = [
  'listener.after-fetch',
  'listener.before-insert',
  'listener.before-commit',
  'listener.after-commit',
  'backfill.before-insert',
  'backfill.before-commit',
  'backfill.after-commit',
  'backfill.before-end',
  'silver.before-load',
  'silver.between-slices',
  'silver.before-commit',
  'silver.after-commit',
  'gold.before-load',
  'gold.on-step',
  'gold.after-commit',
  'coverage.before-count',
  'coverage.after-count',
  'months.before-add',
  'months.after-add',
  'retention.before-drop',
  'retention.after-drop',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

/** Kill the process the `pass`-th time it comes to `step`. */
export interface FailMode {
  readonly step: Failpoint;
  readonly pass: number;
}

let armed: FailMode | undefined;
let passes = 0;

/** Arms a failpoint of this process, or none. Only the frame of the commands and tests call it. */
export function armFailpoint(mode: FailMode | undefined): void {
  armed = mode;
  passes = 0;
}

/** Ends the process by SIGKILL, as a crash would, when this step is armed. Does nothing else. */
export function failpoint(step: Failpoint): void {
  if (armed?.step !== step || ++passes < armed.pass) return;
  process.kill(process.pid, 'SIGKILL');
}

/**
 * Reads FAIL_MODE: `none`, `kill:STEP`, or `kill:STEP:N` for the N-th time the step is passed.
 *
 * @returns undefined when it is neither.
 */
export function parseFailMode(text: string): FailMode | 'none' | undefined {
  if (text === 'none') return 'none';
  const [, name, pass = '1'] = /^kill:([a-z.-]+)(?::([1-9]\d{0,5}))?$/.exec(text) ?? [];
  const step = FAILPOINTS.find((one) => one === name);
  return step === undefined ? undefined : { step, pass: Number(pass) };
}
