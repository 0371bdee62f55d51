/** What a client says first: which versions of the protocol it speaks. */
export interface Greeting {
  readonly lowest: number;
  readonly highest: number;
  /** What follows the versions; `+PACEAPI` asks the server to slow the client down instead of refusing. */
  readonly options: string;
}

/** The bytes that come before the first frame. */
export const prelude = Buffer.from('API\0');

/** `v100..193`, `v100..178 +PACEAPI` or `v176`; null for anything else. */
export function parseGreeting(text: string): Greeting | null {
  const match = /^v(\d{1,6})(?:\.\.(\d{1,6}))?(?: (.*))?$/s.exec(text.replace(/\0+$/, ''));
  if (match === null) return null;
  const [, lowest = '', highest = lowest, options = ''] = match;
  return { lowest: Number(lowest), highest: Number(highest), options };
}

/** The version that both sides speak; null when there is none. */
export function agree(greeting: Greeting, own: number, lowestServed: number): number | null {
  const version = Math.min(own, greeting.highest);
  return version >= greeting.lowest && version >= lowestServed ? version : null;
}
