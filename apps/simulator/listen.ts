// Opens the port.
import type { Server } from 'node:http';

/**
 * Listens and gives the url for clients on this machine.
 * @throws Error that says what to do when the port is taken
 */
export function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = `port ${port} on ${host} is taken: stop what uses it, or choose another`;
      const why = cause.code === 'EADDRINUSE' ? taken : `cannot listen: ${cause.message}`;
      reject(new Error(why, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      // No client can connect to "any address".
      const any = host === '0.0.0.0' || host === '::';
      const name = any ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
      resolve(`http://${name}:${actual}`);
    });
  });
}
