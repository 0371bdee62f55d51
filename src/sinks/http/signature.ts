import { createHmac } from 'node:crypto';
import type { Instant } from '../../core/time/time.js';

/** The header with the time of a request and its signature. */
export const signatureHeader = 'Pipe-Signature';

/**
 * The value of the header: `t=` the seconds since 1970, `v1=` the HMAC-SHA256 of the seconds, a dot and the body, in hexadecimal. The
 * time is signed too, so that a receiver can refuse a request that was recorded and sent again.
 */
export function signBody(secret: string, body: string, now: Instant): string {
  const seconds = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`, 'utf8').digest('hex');
  return `t=${seconds},v1=${signature}`;
}
