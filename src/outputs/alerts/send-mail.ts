import { Socket } from 'node:net';

import { createTransport } from 'nodemailer';

import type { Duration } from '../../core/time/time.js';
import type { EmailChannel } from '../../config/pipeline/notifications/notifications.js';
import type { SendResult } from './send-result.js';
import { formatTitle, formatBody } from './notification.js';
import type { Notification } from './notification.js';

/** Sends a message as mail. */
export async function sendMail(
  channel: EmailChannel,
  notification: Notification,
  timeout: Duration,
  signal: AbortSignal,
): Promise<SendResult> {
  const { host, port, security, login, from, to } = channel;
  if (signal.aborted) return { kind: 'again', problem: 'no answer in time' };
  // Our own, because only its owner can hang up.
  const socket = new Socket();
  const closeSocket = (): void => void socket.destroy(new Error('no answer in time'));
  signal.addEventListener('abort', closeSocket, { once: true });
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
    const isUrgent = notification.severity === 'critical' && notification.kind !== 'recovered';
    const { rejected } = await transport.sendMail({
      from,
      to: [...to],
      subject: formatTitle(notification),
      text: `${formatBody(notification).join('\n')}\n`,
      ...(isUrgent ? { priority: 'high' as const } : {}),
    });
    const rejectedRecipients = rejected.join(', ');
    return rejectedRecipients === ''
      ? { kind: 'delivered' }
      : { kind: 'delivered', warning: `the server does not take ${rejectedRecipients}` };
  } catch (error) {
    return toSendResult(error);
  } finally {
    signal.removeEventListener('abort', closeSocket);
    transport.close();
  }
}

/** A server that says 5xx, and a login or an encryption that cannot be had, will not be otherwise the next time. */
function toSendResult(error: unknown): SendResult {
  if (!(error instanceof Error)) return { kind: 'again', problem: String(error) };
  const problem = error.message.split('\n')[0] ?? error.message;
  const responseCode = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  const isTransientCode = !('code' in error) || (error.code !== 'EAUTH' && error.code !== 'ETLS');
  const isFinal = responseCode === null ? !isTransientCode : responseCode >= 500;
  return { kind: isFinal ? 'refused' : 'again', problem };
}
