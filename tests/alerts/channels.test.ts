import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Channel, openChannels } from '../../apps/shared/alerts/channels.ts';
import { loadConfig } from '../../apps/shared/config.ts';
import { messageOf } from '../../apps/shared/errors.ts';
import { testChannels } from '../../scripts/alerts/test-channels.ts';
import { silentLog } from '../support/run-transform.ts';
import { makeMessage, makeNotice, useHooks, useMailServers } from './support.ts';

const startHook = useHooks();
const startMailServer = useMailServers();
const message = makeMessage(makeNotice({ subject: 'größe' }));

function open(environment: Record<string, string>): Channel {
  const channel = openChannels(loadConfig(environment).alerts, silentLog)[1];
  if (channel === undefined) throw new Error('No channel is set.');
  return channel;
}

function openMail(url: string): Channel {
  return open({
    ALERT_SMTP_URL: url,
    ALERT_EMAIL_FROM: 'Assay <assay@example.org>',
    ALERT_EMAIL_TO: 'ada@example.org, eve@example.org',
  });
}

async function send(channel: Channel, timeoutMs = 5_000): Promise<string> {
  try {
    await channel.send(message, AbortSignal.timeout(timeoutMs));
    return 'taken over';
  } catch (error) {
    return messageOf(error);
  }
}

describe('webhooks', () => {
  test('Slack gets its text', async () => {
    const hook = await startHook();
    expect(await send(open({ ALERT_SLACK_WEBHOOK_URL: hook.url }))).toBe('taken over');
    expect(hook.requests).toHaveLength(1);
    expect(hook.requests[0]?.body.text).toContain('*[assay] FAIL: gold_is_stale: größe*');
    expect(hook.requests[0]?.headers['content-type']).toBe('application/json');
    expect(hook.requests[0]?.headers.authorization).toBeUndefined();
  });

  test('a program gets JSON, and the token', async () => {
    const hook = await startHook();
    const channel = open({ ALERT_WEBHOOK_URL: hook.url, ALERT_WEBHOOK_TOKEN: 'let-me-in' });
    expect(await send(channel)).toBe('taken over');
    expect(hook.requests[0]).toMatchObject({
      path: '/hook/s3cret',
      headers: { authorization: 'Bearer let-me-in' },
      body: { warehouse: 'assay', severity: 'fail', alerts: [{ subject: 'größe' }] },
    });
  });

  test('500 is a failure, with what was said', async () => {
    const hook = await startHook();
    hook.answer = (response) => void response.writeHead(500).end('out of\norder');
    const channel = open({ ALERT_WEBHOOK_URL: hook.url });
    expect(await send(channel)).toBe('the server answered 500: out of order');
  });

  test('an error of endless length is cut', async () => {
    const hook = await startHook();
    hook.answer = (response) => {
      response.writeHead(503);
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    };
    const said = await send(open({ ALERT_WEBHOOK_URL: hook.url }));
    expect(said).toMatch(/^the server answered 503: x{200}$/);
  });

  test('a redirect is not followed: the token goes nowhere else', async () => {
    const elsewhere = await startHook();
    const hook = await startHook();
    hook.answer = (response) => void response.writeHead(307, { location: elsewhere.url }).end();
    const channel = open({ ALERT_WEBHOOK_URL: hook.url, ALERT_WEBHOOK_TOKEN: 'let-me-in' });
    expect(await send(channel)).toMatch(/answered 307, a redirect, which is not followed/);
    expect(elsewhere.requests).toEqual([]);
  });

  test('a server that never answers is given up', async () => {
    const hook = await startHook();
    hook.answer = () => {};
    expect(await send(open({ ALERT_WEBHOOK_URL: hook.url }), 200)).toMatch(/timeout/);
  });

  test('a server that is not there: said without the URL', async () => {
    const said = await send(open({ ALERT_WEBHOOK_URL: 'http://127.0.0.1:9/hook/s3cret' }));
    expect(said).toMatch(/^the server cannot be reached/);
    expect(said).not.toContain('s3cret');
  });
});

describe('e-mail', () => {
  test('arrives as plain text with the worst in its subject', async () => {
    const server = await startMailServer();
    expect(await send(openMail(`smtp://127.0.0.1:${server.port}`))).toBe('taken over');
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      from: 'assay@example.org',
      to: ['ada@example.org', 'eve@example.org'],
      user: undefined,
      secure: false,
    });
    expect(mail?.text).toMatch(/^Subject: =\?UTF-8\?Q\?=5Bassay=5D_FAIL=3A_gold=5Fis=5Fstale/m);
    expect(mail?.text).toMatch(/^Content-Type: text\/plain; charset=utf-8/m);
    expect(mail?.text).toMatch(/^Auto-Submitted: auto-generated/m);
    expect(mail?.text).toContain('since 2026-03-01 12:00 UTC');
  });

  test('with user and password', async () => {
    const server = await startMailServer({ authOptional: false, allowInsecureAuth: true });
    expect(await send(openMail(`smtp://ada:right@127.0.0.1:${server.port}`))).toBe('taken over');
    expect(server.mails[0]?.user).toBe('ada');
    const said = await send(openMail(`smtp://ada:wr0ng@127.0.0.1:${server.port}`));
    expect(said).toMatch(/Invalid login/);
    expect(said).not.toContain('wr0ng');
    expect(server.mails).toHaveLength(1);
  });

  test('a certificate that nobody vouches for is refused, and nothing sent', async () => {
    const server = await startMailServer({ disabledCommands: [] });
    const url = `smtp://127.0.0.1:${server.port}`;
    expect(await send(openMail(url))).toMatch(/certificate/);
    expect(server.mails).toEqual([]);
    expect(await send(openMail(`${url}?ignoreTLS=true`))).toBe('taken over');
  });

  test('no password goes over the network to a server without TLS', async () => {
    // A name of this machine that is not one of those known as local.
    const server = await startMailServer({ authOptional: false, allowInsecureAuth: true });
    const url = `smtp://ada:right@0.0.0.0:${server.port}`;
    expect(await send(openMail(url))).toMatch(/STARTTLS/i);
    expect(server.mails).toEqual([]);
    expect(await send(openMail(`${url}?ignoreTLS=true`))).toBe('taken over');
  });

  test('a recipient the server refuses is a failure', async () => {
    const server = await startMailServer({
      onRcptTo: (_address, _session, done) => done(new Error('no such user')),
    });
    expect(await send(openMail(`smtp://127.0.0.1:${server.port}`))).toMatch(/no such user/);
  });

  test('a server that never greets is given up', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    expect(await send(openMail(`smtp://127.0.0.1:${port}`), 300)).toMatch(/timeout/);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});

describe('npm run alerts -- test', () => {
  test('tries every channel, and fails when one does', async () => {
    const [good, bad] = [await startHook(), await startHook()];
    bad.answer = (response) => void response.writeHead(404).end('no_team');
    const both = loadConfig({ ALERT_SLACK_WEBHOOK_URL: bad.url, ALERT_WEBHOOK_URL: good.url });
    const channels = openChannels(both.alerts, silentLog);
    expect(await testChannels(channels, 'assay', (text) => text)).toBe(1);
    expect(good.requests[0]?.body.text).toContain('Nothing is wrong.');
    bad.answer = (response) => void response.end('ok');
    expect(await testChannels(channels, 'assay', (text) => text)).toBe(0);
  });

  test('says what to set when no channel is', async () => {
    const channels = openChannels(loadConfig({}).alerts, silentLog);
    await expect(testChannels(channels, 'assay', (text) => text)).rejects.toThrow(
      /No channel is set/,
    );
  });
});
