import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach } from 'vitest';
import type { Message, Notice } from '../../apps/shared/alerts/compose-message.ts';

export interface HookRequest {
  path: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
}

export interface Hook {
  url: string;
  requests: HookRequest[];
  /** How the next requests are answered; by default 200. */
  answer: (response: ServerResponse) => void;
}

/** Gives a function that starts a real HTTP server, which is stopped after the test. */
export function useHooks(): () => Promise<Hook> {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });
  return async () => {
    const requests: HookRequest[] = [];
    const hook: Hook = { url: '', requests, answer: (response) => void response.end('ok') };
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        requests.push({
          path: request.url ?? '',
          headers: request.headers,
          body: JSON.parse(text) as Record<string, unknown>,
        });
        hook.answer(response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    hook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/s3cret`;
    stops.push(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return hook;
  };
}

export interface MailServer {
  port: number;
  mails: { from: string; to: string[]; user: string | undefined; text: string; secure: boolean }[];
}

/** Gives a function that starts a real SMTP server, which is stopped after the test. */
export function useMailServers(): (options?: SMTPServerOptions) => Promise<MailServer> {
  const servers: SMTPServer[] = [];
  afterEach(async () => {
    await Promise.all(
      servers.splice(0).map((server) => new Promise<void>((done) => server.close(() => done()))),
    );
  });
  return async (options = {}) => {
    const mails: MailServer['mails'] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      // What stays open after a test has failed does not keep the run.
      closeTimeout: 200,
      onAuth: (auth, _session, done) =>
        auth.password === 'right' ? done(null, { user: auth.username }) : done(new Error('no')),
      onData: (stream, session, done) => {
        let text = '';
        stream.on('data', (chunk) => {
          text += chunk;
        });
        stream.on('end', () => {
          mails.push({
            from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
            to: session.envelope.rcptTo.map(({ address }) => address),
            user: session.user as string | undefined,
            text,
            secure: session.secure,
          });
          done();
        });
      },
      ...options,
    });
    server.on('error', () => {});
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    servers.push(server);
    return { port: (server.server.address() as AddressInfo).port, mails };
  };
}

export function makeNotice(fields: Partial<Notice> = {}): Notice {
  return {
    kind: 'new',
    condition: 'gold_is_stale',
    subject: 'gold',
    severity: 'fail',
    detail: 'Gold was last filled at 2026-03-01 12:00 UTC.',
    since: '2026-03-01T12:00:00Z',
    recoveredAt: null,
    ...fields,
  };
}

export function makeMessage(...notices: Notice[]): Message {
  return {
    warehouse: 'assay',
    sentAt: '2026-03-02T14:00:00Z',
    notices,
    othersStanding: 0,
  };
}
