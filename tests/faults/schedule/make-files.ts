import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { below, type Random } from '../../../apps/simulator/random.ts';
import type { Identity } from '../../../apps/simulator/simulator-types.ts';

/** A file for the backfill, and what it holds. */
export interface MadeFile {
  path: string;
  events: Identity[];
  /** Lines that no warehouse can take. */
  refused: Buffer[];
}

const TYPES = ['PushEvent', 'WatchEvent', 'ForkEvent', 'IssuesEvent'];
const FIRST_MONTH = { year: 2012, month: 0 };

/** Writes files of made-up events, each of another month, as an archive that is loaded bit by bit. */
export function createFileMaker(folder: string): (random: Random) => MadeFile {
  let made = 0;
  return (random) => {
    const number = made++;
    // A few files share a month, so that one meets a partition that is there and one that is not.
    const month = Math.floor(number / 3);
    const events: Identity[] = [];
    const refused: Buffer[] = [];
    const lines: Buffer[] = [];
    // Above two megabytes a file is stored in several transactions.
    const isLarge = random() < 0.25;
    const count = isLarge ? 1200 : 50 + below(random, 250);
    const padding = 'x'.repeat(isLarge ? 2000 : 20);
    for (let n = 0; n < count; n++) {
      const time = Date.UTC(FIRST_MONTH.year, FIRST_MONTH.month + month, 1 + below(random, 28));
      const identity = {
        id: `${number}-${n}`,
        type: TYPES[below(random, TYPES.length)] ?? '',
        // Many share a second: ties are to be broken alike in whatever order they come.
        created_at: `${new Date(time).toISOString().slice(0, 10)}T00:00:0${below(random, 10)}Z`,
      };
      const isRefused = random() < 0.01;
      const line = Buffer.from(
        JSON.stringify({
          ...identity,
          actor: { id: 1 + below(random, 40), login: `login${below(random, 60)}` },
          repo: { id: 1 + below(random, 30), name: `owner/name${below(random, 50)}` },
          payload: { padding, text: isRefused ? '\0' : '' },
        }),
      );
      lines.push(line);
      if (isRefused) refused.push(line);
      else events.push(identity);
      // Now and then a line comes twice.
      if (random() < 0.02) lines.push(line);
    }
    const path = join(folder, `made-${number}.json`);
    writeFileSync(path, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
    return { path, events, refused };
  };
}
