/** What a client says first: which versions of the protocol it speaks. */
export interface ClientHello {
  readonly minVersion: number;
  readonly maxVersion: number;
  /** What follows the versions; `+PACEAPI` asks the server to slow the client down instead of refusing. */
  readonly options: string;
}

/** The bytes that come before the first frame. */
export const handshakePrefix = Buffer.from('API\0');

/** `v100..193`, `v100..178 +PACEAPI` or `v176`; null for anything else. */
export function parseClientHello(text: string): ClientHello | null {
  const match = /^v(\d{1,6})(?:\.\.(\d{1,6}))?(?: (.*))?$/s.exec(text.replace(/\0+$/, ''));
  if (match === null) return null;
  const [, minVersion = '', maxVersion = minVersion, options = ''] = match;
  return { minVersion: Number(minVersion), maxVersion: Number(maxVersion), options };
}

/** The version that both sides speak; null when there is none. */
export function negotiateVersion(clientHello: ClientHello, serverVersion: number, minSupported: number): number | null {
  const version = Math.min(serverVersion, clientHello.maxVersion);
  return version >= clientHello.minVersion && version >= minSupported ? version : null;
}
