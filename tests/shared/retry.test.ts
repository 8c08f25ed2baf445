import { describe, expect, test } from 'vitest';
import { backoff, pause, retry } from '../../apps/shared/retry.ts';

const quick = { baseMs: 1, maxMs: 2 };

describe('retry', () => {
  test('tries again until it succeeds, and tells each time', async () => {
    const told: number[] = [];
    const result = await retry(
      async (attempt) => {
        if (attempt < 3) throw new Error('not yet');
        return attempt;
      },
      {
        ...quick,
        retries: 5,
        isWorthRetrying: () => true,
        onRetry: (_error, attempt) => told.push(attempt),
      },
    );
    expect(result).toBe(3);
    expect(told).toEqual([1, 2, 3]);
  });

  test('gives up after so many retries, and at once on an error that does not pass', async () => {
    let attempts = 0;
    const failing = async () => {
      attempts++;
      throw new Error('always');
    };
    await expect(
      retry(failing, { ...quick, retries: 2, isWorthRetrying: () => true }),
    ).rejects.toThrow('always');
    expect(attempts).toBe(3);
    await expect(
      retry(failing, { ...quick, retries: 2, isWorthRetrying: () => false }),
    ).rejects.toThrow('always');
    expect(attempts).toBe(4);
  });

  test('an abort ends the pause', async () => {
    const controller = new AbortController();
    const work = retry(() => Promise.reject(new Error('down')), {
      retries: Number.POSITIVE_INFINITY,
      baseMs: 60_000,
      maxMs: 60_000,
      isWorthRetrying: () => true,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(new Error('stop')), 5);
    await expect(work).rejects.toThrow();
    await pause(60_000, controller.signal);
  });

  test('pauses grow to the limit and have jitter', () => {
    const pauses = Array.from({ length: 200 }, () => backoff(3, 100, 10_000));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(400);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(800);
    expect(new Set(pauses).size).toBeGreaterThan(20);
    expect(backoff(50, 100, 10_000)).toBeLessThanOrEqual(10_000);
  });
});
