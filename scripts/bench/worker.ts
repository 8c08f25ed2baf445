// Does one task in a process of its own and says how much memory it took at most.

import { messageOf } from '../../apps/shared/errors.ts';
import type { WorkerMessage, WorkerOrder } from './run-in-worker.ts';
import { tasks } from './worker-tasks.ts';

process.once('disconnect', () => process.exit(1));
process.once('message', async (order: WorkerOrder) => {
  let message: WorkerMessage;
  try {
    const work = tasks[order.task] as (given: unknown) => Promise<unknown>;
    const result = await work(order.given);
    message = { kind: 'done', result, peakBytes: process.resourceUsage().maxRSS * 1024 };
  } catch (error) {
    message = { kind: 'failed', message: messageOf(error) };
  }
  process.send?.(message, () => process.exit(0));
});
