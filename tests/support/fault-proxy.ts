import { connect, createServer, type Socket } from 'node:net';
import {
  commandTagOf,
  createFrameSplitter,
  type Frame,
  startupParametersOf,
  statementOf,
} from './split-frames.ts';

/** What happens to the next statement that fits; once, then everything is as before. */
export interface StatementFault {
  /**
   * `drop`: the statement never reaches the server, the connection ends. `swallow`: the server carries it out, its answer
   * is kept back and the connection ends.
   */
  kind: 'drop' | 'swallow';
  /** Default: any that holds COMMIT. */
  statement?: RegExp;
  /** Of which sessions, by their application_name. Default: any. */
  application?: RegExp;
}

export interface FaultProxy {
  /** Leads to the database by way of the proxy. */
  connectionString: string;
  /** Prepares a fault. @returns what takes it back, and says whether it happened. */
  arm: (fault: StatementFault) => { happened: () => boolean; disarm: () => void };
  /** Forwards nothing any more in either direction, of connections there are and of new ones, and ends none. */
  blackHole: () => void;
  /** Half open: what is connected now stays connected and is never forwarded again; new connections work. */
  forget: () => void;
  /** Ends a black hole: what was kept back is forwarded, late. */
  heal: () => void;
  /** Ends all connections at once, as a router that restarts. */
  cut: () => void;
  /** How many statements the server had carried out whose answer was swallowed, by their last command. */
  swallowed: readonly string[];
  stop: () => Promise<void>;
}

interface Link {
  client: Socket;
  server: Socket;
  isForgotten: boolean;
}

const COMMIT = /(^|[;\s])commit\s*(;|$)/i;
/** A client asks so whether TLS is to be had. */
const TLS_REQUEST = 80_877_103;

/** Starts a TCP proxy between clients and PostgreSQL that understands enough of the protocol to fail at chosen statements. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const database = new URL(target);
  const links = new Set<Link>();
  const faults = new Set<StatementFault>();
  const swallowed: string[] = [];
  let isBlack = false;

  function open(client: Socket): void {
    const server = connect(Number(database.port), database.hostname);
    const link: Link = { client, server, isForgotten: false };
    links.add(link);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // Whatever ends one side ends the other; a connection that is forgotten never hears of it.
      socket.on('error', () => {});
      socket.on('close', () => {
        if (link.isForgotten && socket === client) return;
        client.destroy();
        server.destroy();
        links.delete(link);
      });
    }
    relay(link);
    if (isBlack) pauseLink(link);
  }

  function relay(link: Link): void {
    const { client, server } = link;
    let application: string | undefined;
    let swallowing: StatementFault | undefined;
    let lastTag = '';

    const splitRequests = createFrameSplitter(() => application === undefined);
    client.on('data', (chunk: Buffer) => {
      for (const frame of splitRequests(chunk)) {
        if (application === undefined) {
          if (frame.body.readUInt32BE(0) === TLS_REQUEST) {
            client.write('N');
            continue;
          }
          application = startupParametersOf(frame)?.get('application_name') ?? '';
        } else {
          const fault = faultFor(frame, application);
          if (fault?.kind === 'drop') return void client.resetAndDestroy();
          swallowing ??= fault;
        }
        server.write(frame.bytes);
      }
    });

    const splitAnswers = createFrameSplitter();
    server.on('data', (chunk: Buffer) => {
      for (const frame of splitAnswers(chunk)) {
        if (swallowing === undefined) {
          client.write(frame.bytes);
          continue;
        }
        lastTag = commandTagOf(frame) ?? lastTag;
        // ReadyForQuery: it is done with all of it.
        if (frame.type !== 'Z') continue;
        swallowed.push(lastTag);
        return void client.resetAndDestroy();
      }
    });
  }

  function faultFor(frame: Frame, application: string): StatementFault | undefined {
    if (faults.size === 0) return undefined;
    const statement = statementOf(frame);
    if (statement === undefined) return undefined;
    for (const fault of faults) {
      if (!(fault.statement ?? COMMIT).test(statement)) continue;
      if (fault.application?.test(application) === false) continue;
      faults.delete(fault);
      return fault;
    }
    return undefined;
  }

  const listener = createServer(open);
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  const url = new URL(target);
  url.port = String(address.port);

  return {
    connectionString: url.href,
    swallowed,
    arm: (fault) => {
      faults.add(fault);
      return { happened: () => !faults.has(fault), disarm: () => void faults.delete(fault) };
    },
    blackHole: () => {
      isBlack = true;
      for (const link of links) pauseLink(link);
    },
    forget: () => {
      for (const link of links) {
        link.isForgotten = true;
        pauseLink(link);
      }
    },
    heal: () => {
      isBlack = false;
      for (const link of links) {
        if (link.isForgotten) continue;
        link.client.resume();
        link.server.resume();
      }
    },
    cut: () => {
      for (const { client, server } of links) {
        client.resetAndDestroy();
        server.destroy();
      }
      links.clear();
    },
    stop: async () => {
      for (const { client, server } of links) {
        client.destroy();
        server.destroy();
      }
      await new Promise((done) => listener.close(done));
    },
  };
}

function pauseLink({ client, server }: Link): void {
  client.pause();
  server.pause();
}
