// The simulator as a process of its own.
import { createSimulator } from './create-simulator.ts';
import { type Command, readCommandLine, usage } from './read-command-line.ts';

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2), process.env);
  if (command.help) {
    process.stdout.write(usage);
    return;
  }
  await run(command);
}

async function run({ options, port, host, truth }: Command): Promise<void> {
  const simulator = createSimulator(options);
  const url = await simulator.start({ port, host });
  process.stdout.write(`simulator: listening on ${url}\n`);
  // For a parent that started it with port 0.
  process.send?.({ kind: 'listening', url });

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(0);
    stopping = true;
    await simulator.stop();
    if (truth) process.stdout.write(`${JSON.stringify(simulator.truth(), null, 2)}\n`);
    // What is written to a pipe leaves before the process does only if it ends by itself.
    process.exitCode = 0;
    if (process.connected) process.disconnect();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  // The parent is gone: nobody is left to stop it.
  if (process.connected) process.on('disconnect', stop);
}

// A parent that is gone takes the pipe with it.
process.stdout.on('error', () => {});

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  for (const line of message.split('\n')) process.stderr.write(`simulator: ${line}\n`);
  process.stderr.write('simulator: --help shows the options\n');
  process.exitCode = 1;
  if (process.connected) process.disconnect();
});
