import schedule from 'node-schedule';

/** One field alone, or a date, node-schedule takes as well, for something that nobody means by it. */
const SHAPE = /^(@[a-z]+|\S+(\s+\S+){4,5})$/;

/**
 * Whether the scheduler takes a text for a cron expression: five fields, six with seconds, or `@daily` and its like.
 * Nothing stays scheduled.
 */
export function isCronExpression(text: string): boolean {
  if (!SHAPE.test(text.trim())) return false;
  const job = new schedule.Job(() => {});
  try {
    if (!job.schedule({ rule: text, tz: 'Etc/UTC' })) return false;
    // What is read as a date has no time after its first.
    job.cancelNext();
    return job.nextInvocation() !== null;
  } finally {
    job.cancel();
  }
}
