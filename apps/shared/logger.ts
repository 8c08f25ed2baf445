import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { Config } from './config.ts';
import { createRedactor } from './redact.ts';

export type { Logger } from 'pino';

/** The parts of the warehouse that keep a log file of their own. */
export type Layer = 'pipeline' | 'bronze' | 'silver' | 'gold';

export interface Logs {
  /** A logger whose lines go to the console and to LAYER.log in the log folder. */
  layer: (layer: Layer) => Logger;
  /** Waits until everything is on disk. */
  close: () => Promise<void>;
}

/**
 * Opens the logs of one process: readable on a terminal and JSON elsewhere, and one rotating file per
 * layer. What is logged below the configured level (the row-level detail of silver) goes to the file only.
 *
 * @param name says which process a line is from.
 * @param withFiles false for short commands: they log to standard error only, their output is their own.
 */
export function openLogs(
  name: string,
  config: Pick<Config, 'logLevel' | 'logDir' | 'secrets'>,
  withFiles = true,
): Logs {
  const redact = createRedactor(config.secrets);
  const files: RotatingFileStream[] = [];
  const loggers = new Map<Layer, Logger>();
  const terminal = consoleStream(withFiles ? process.stdout : process.stderr);

  function open(layer: Layer): Logger {
    const streams: pino.StreamEntry[] = [{ level: config.logLevel, stream: terminal }];
    if (withFiles) streams.push({ level: 'debug', stream: openFile(layer) });
    return pino(
      {
        level: 'debug',
        base: { name, layer },
        hooks: { streamWrite: redact },
        timestamp: pino.stdTimeFunctions.isoTime,
      },
      pino.multistream(streams),
    );
  }

  function openFile(layer: Layer): RotatingFileStream {
    const file = createStream(`${layer}.log`, {
      path: config.logDir,
      size: '20M',
      interval: '1d',
      maxFiles: 14,
      compress: 'gzip',
    });
    // A log that cannot be written must not stop the work; the console still has the line.
    file.on('error', () => {});
    files.push(file);
    return file;
  }

  return {
    layer: (layer) => {
      const logger = loggers.get(layer) ?? open(layer);
      loggers.set(layer, logger);
      return logger;
    },
    close: async () => {
      await Promise.all(files.map((file) => new Promise<void>((done) => file.end(done))));
    },
  };
}

function consoleStream(output: NodeJS.WriteStream & { fd: number }) {
  const plain = pino.destination({ dest: output.fd, sync: true });
  if (output.isTTY !== true) return plain;
  return pretty({
    destination: plain,
    colorize: true,
    ignore: 'pid,hostname,name,layer',
    // The message says it all to a person; the fields are in the files.
    hideObject: true,
    messageFormat: '{name} · {msg}',
    translateTime: 'SYS:HH:MM:ss',
  });
}
