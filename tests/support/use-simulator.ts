import { afterEach } from 'vitest';
import { createSimulator } from '../../apps/simulator/create-simulator.ts';
import type { Simulator, SimulatorOptions } from '../../apps/simulator/simulator-types.ts';

/** Gives a function that starts a simulator, which is stopped after the test. */
export function useSimulators(): (options?: SimulatorOptions) => Promise<Simulator> {
  const started: Simulator[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((simulator) => simulator.stop()));
  });
  return async (options = {}) => {
    const simulator = createSimulator({ pollIntervalSeconds: 0, rateLimit: 1_000_000, ...options });
    await simulator.start();
    started.push(simulator);
    return simulator;
  };
}
