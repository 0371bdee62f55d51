import { Socket } from 'node:net';

import { createTransport } from 'nodemailer';

import type { Duration } from '../core/time.js';
import type { EmailChannel } from '../pipeline/telling.js';
import type { Delivered } from './delivered.js';
import { headingOf, linesOf } from './notice.js';
import type { Notice } from './notice.js';

/** Sends a message as mail. */
export async function sendMail(
  channel: EmailChannel,
  notice: Notice,
  timeout: Duration,
  signal: AbortSignal,
): Promise<Delivered> {
  const { host, port, security, login, from, to } = channel;
  if (signal.aborted) return { kind: 'again', problem: 'no answer in time' };
  // Our own, because only its owner can hang up.
  const socket = new Socket();
  const hangUp = (): void => void socket.destroy(new Error('no answer in time'));
  signal.addEventListener('abort', hangUp, { once: true });
  const transport = createTransport({
    socket,
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const urgent = notice.severity === 'critical' && notice.kind !== 'recovered';
    const { rejected } = await transport.sendMail({
      from,
      to: [...to],
      subject: headingOf(notice),
      text: `${linesOf(notice).join('\n')}\n`,
      ...(urgent ? { priority: 'high' as const } : {}),
    });
    const left = rejected.join(', ');
    return left === '' ? { kind: 'delivered' } : { kind: 'delivered', but: `the server does not take ${left}` };
  } catch (error) {
    return failureOf(error);
  } finally {
    signal.removeEventListener('abort', hangUp);
    transport.close();
  }
}

/** A server that says 5xx, and a login or an encryption that cannot be had, will not be otherwise the next time. */
function failureOf(error: unknown): Delivered {
  if (!(error instanceof Error)) return { kind: 'again', problem: String(error) };
  const problem = error.message.split('\n')[0] ?? error.message;
  const answered = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  const isSetUp = !('code' in error) || (error.code !== 'EAUTH' && error.code !== 'ETLS');
  const isFinal = answered === null ? !isSetUp : answered >= 500;
  return { kind: isFinal ? 'refused' : 'again', problem };
}
