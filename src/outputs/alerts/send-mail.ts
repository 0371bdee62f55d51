import { Socket } from 'node:net';

import { createTransport } from 'nodemailer';

import type { PostOptions } from '../../platform/http/post-json.js';
import type { EmailChannel } from '../../config/pipeline/notifications/notifications.js';
import type { SendResult } from './send-result.js';
import { formatTitle, formatBody } from './notification.js';
import type { Notification } from './notification.js';

export async function sendMail(
  channel: EmailChannel,
  notification: Notification,
  { timeout, signal, allowedHosts }: PostOptions,
): Promise<SendResult> {
  const { host, port, security, login, from, to } = channel;
  if (!allowedHosts.allows(host, port))
    return { kind: 'rejected', problem: `host ${host}:${port} is not in PIPE_ALLOWED_HOSTS` };
  if (signal.aborted) return { kind: 'retry', problem: 'timed out' };
  // A socket of our own: nodemailer gives no way to close its connection on abort.
  const socket = new Socket();
  const closeSocket = (): void => void socket.destroy(new Error('timed out'));
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
    const isUrgent = notification.severity === 'critical' && notification.kind !== 'resolved';
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
      : { kind: 'delivered', warning: `the server rejected ${rejectedRecipients}` };
  } catch (error) {
    return toSendResult(error);
  } finally {
    signal.removeEventListener('abort', closeSocket);
    transport.close();
  }
}

/** Replies of 5xx, a rejected login and missing encryption are permanent. */
function toSendResult(error: unknown): SendResult {
  if (!(error instanceof Error)) return { kind: 'retry', problem: String(error) };
  const problem = error.message.split('\n')[0] ?? error.message;
  const responseCode = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  const isTransientCode = !('code' in error) || (error.code !== 'EAUTH' && error.code !== 'ETLS');
  const isFinal = responseCode === null ? !isTransientCode : responseCode >= 500;
  return { kind: isFinal ? 'rejected' : 'retry', problem };
}
