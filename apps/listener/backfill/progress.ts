import { basename } from 'node:path';

/** What one file reports of its progress. */
export interface FileProgress {
  /** How many of its bytes, as they lie there, have been read. */
  read: (position: number) => void;
  /** So many more items are stored. */
  settled: (items: number) => void;
}

export interface Progress {
  /**
   * @param weight its share in the whole, in any unit all files have in common.
   * @param sizeBytes undefined when it is not known.
   */
  start: (name: string, weight: number, sizeBytes: number | undefined) => FileProgress;
  finish: (name: string) => void;
  /** Prints a line above the bar. */
  print: (line: string) => void;
  /** Clears the bar; nothing is drawn after. */
  stop: () => void;
}

const REDRAW_MS = 200;
const BAR_WIDTH = 20;
const CLEAR = '\r\x1b[2K';

/**
 * Draws one line with what all files have in common: how far, how fast, how long still. On a terminal only; elsewhere
 * it draws nothing.
 *
 * @param totalWeight of all files; undefined when it is not known, then no time left is told.
 */
export function createProgress(
  output: NodeJS.WriteStream,
  totalWeight: number | undefined,
  now: () => number = Date.now,
): Progress {
  const startedAt = now();
  const files = new Map<string, { weight: number; share: number; bytes: number }>();
  const running = new Set<string>();
  let items = 0;
  const isDrawn = output.isTTY === true;
  const timer = isDrawn ? setInterval(draw, REDRAW_MS) : undefined;
  timer?.unref();

  function draw(): void {
    let done = 0;
    let bytes = 0;
    for (const file of files.values()) {
      done += file.weight * file.share;
      bytes += file.bytes;
    }
    const share =
      totalWeight === undefined || totalWeight === 0 ? undefined : Math.min(1, done / totalWeight);
    const seconds = (now() - startedAt) / 1000;
    const line = describeProgress({
      share,
      bytes,
      items,
      seconds,
      running: [...running].map((path) => basename(path)),
    });
    output.write(`${CLEAR}${line.slice(0, (output.columns ?? 80) - 1)}`);
  }

  return {
    start: (name, weight, sizeBytes) => {
      const file = { weight, share: 0, bytes: 0 };
      files.set(name, file);
      running.add(name);
      return {
        read: (position) => {
          file.bytes = position;
          file.share = sizeBytes === undefined ? 0 : Math.min(1, position / Math.max(1, sizeBytes));
        },
        settled: (count) => {
          items += count;
        },
      };
    },
    finish: (name) => {
      running.delete(name);
      const file = files.get(name);
      if (file !== undefined) file.share = 1;
    },
    print: (line) => {
      if (isDrawn) output.write(CLEAR);
      console.log(line);
    },
    stop: () => {
      clearInterval(timer);
      if (isDrawn) output.write(CLEAR);
    },
  };
}

/** The line, such as `█████░░░░░ 52% · 412,000 events · 38,000 events/s · 14.2 MB/s · 41 s left · 2015-01-01-1.json.gz`. */
export function describeProgress(state: {
  share: number | undefined;
  bytes: number;
  items: number;
  seconds: number;
  running: readonly string[];
}): string {
  const { share, bytes, items, running } = state;
  const seconds = Math.max(state.seconds, 0.001);
  const parts = [
    `${items.toLocaleString('en')} events`,
    `${Math.round(items / seconds).toLocaleString('en')} events/s`,
    `${(bytes / 1e6 / seconds).toFixed(1)} MB/s`,
  ];
  if (share !== undefined) {
    const filled = Math.round(share * BAR_WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    parts.unshift(`${bar} ${Math.floor(share * 100)}%`);
    if (share > 0.01) parts.push(`${describeSeconds((seconds / share) * (1 - share))} left`);
  }
  return [...parts, running.join(', ')].join(' · ');
}

function describeSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
