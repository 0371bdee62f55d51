import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach } from 'vitest';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** A web server that remembers what was posted, and answers as it is told to. */
export interface Hook {
  readonly url: string;
  readonly port: number;
  readonly bodies: unknown[];
}

/** `answers` are the statuses of the first answers; then it is 200. */
export async function webServer(answers: readonly number[] = [], said = ''): Promise<Hook> {
  const bodies: unknown[] = [];
  const server = createHttpServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      response.statusCode = answers[bodies.length] ?? 200;
      if (response.statusCode === 302) response.setHeader('location', '/elsewhere');
      bodies.push(JSON.parse(text));
      response.end(said);
    });
  });
  open.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${String(port)}/services/T0/B0/planted-in-the-path`, port, bodies };
}

/** A server that takes connections and says nothing, and how many there were. */
export async function silentServer(): Promise<{ readonly port: number; readonly calls: () => number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
  });
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
  return { port: await listen(server), calls: () => sockets.size };
}

/** A mail server that speaks enough SMTP to take a message, and remembers every word it was told. */
export interface MailServer {
  readonly port: number;
  /** What clients said, line by line. */
  readonly said: string[];
  readonly messages: string[];
}

export interface MailRules {
  /** The only login that is taken: `user:password`; without it nobody need log in. */
  readonly login?: string;
  /** What it answers to each recipient; the last to all others. */
  readonly recipient?: readonly string[];
}

export async function mailServer({ login, recipient = ['250 fine'] }: MailRules = {}): Promise<MailServer> {
  const said: string[] = [];
  const messages: string[] = [];
  const server = createServer((socket) => {
    let waiting = '';
    let message: string[] | null = null;
    let recipients = 0;
    const answer = (text: string): void => void socket.write(`${text}\r\n`);
    answer('220 test');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      waiting += chunk.toString();
      const lines = waiting.split('\r\n');
      waiting = lines.pop() ?? '';
      for (const line of lines) {
        if (message !== null) {
          if (line !== '.') message.push(line);
          else {
            messages.push(message.join('\n'));
            message = null;
            answer('250 taken');
          }
          continue;
        }
        said.push(line);
        const word = line.split(' ')[0]?.toUpperCase();
        if (word === 'EHLO') answer(login === undefined ? '250 test' : '250-test\r\n250 AUTH PLAIN');
        else if (word === 'AUTH') {
          const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
            .toString()
            .split('\0');
          // Servers do repeat what they were told.
          if (`${user}:${password}` === login) answer('235 welcome');
          else answer(`535 ${String(user)} may not come in with ${String(password)}`);
        } else if (word === 'RCPT') answer(recipient[recipients++] ?? recipient.at(-1) ?? '');
        else if (word === 'DATA') {
          message = [];
          answer('354 go on');
        } else if (word === 'QUIT') {
          answer('221 bye');
          socket.end();
        } else if (word === 'STARTTLS') answer('502 no encryption here');
        else answer('250 fine');
      }
    });
  });
  open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
  return { port: await listen(server), said, messages };
}
