/** The client's first message: its supported protocol versions. */
export interface ClientHello {
  readonly minVersion: number;
  readonly maxVersion: number;
  /** Text after the versions; `+PACEAPI` asks the server to throttle the client instead of rejecting messages. */
  readonly options: string;
}

/** Bytes that precede the first frame. */
export const handshakePrefix = Buffer.from('API\0');

/** Parses `v100..193`, `v100..178 +PACEAPI` or `v176`; null for anything else. */
export function parseClientHello(text: string): ClientHello | null {
  const match = /^v(\d{1,6})(?:\.\.(\d{1,6}))?(?: (.*))?$/s.exec(text.replace(/\0+$/, ''));
  if (match === null) return null;
  const [, minVersion = '', maxVersion = minVersion, options = ''] = match;
  return { minVersion: Number(minVersion), maxVersion: Number(maxVersion), options };
}

/** Returns the newest version that both sides support; null if there is none. */
export function negotiateVersion(clientHello: ClientHello, serverVersion: number, minSupported: number): number | null {
  const version = Math.min(serverVersion, clientHello.maxVersion);
  return version >= clientHello.minVersion && version >= minSupported ? version : null;
}
