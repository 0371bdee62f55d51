import type { Instant } from '../../../core/time.js';
import type { DumpAt } from '../instruments/dump.js';
import type { Prices } from '../prices.js';
import type { Command } from './commands.js';
import { packet } from './packets.js';
import type { TickMode } from './packets.js';

/** At most so many instruments on one socket. */
export const mostSubscriptions = 3_000;

/** What one socket streams. */
export interface Subscriptions {
  /** Does what the client said; the tokens that are now streamed anew, or what is wrong. */
  obey(command: Command): { readonly fresh: readonly number[]; readonly refused: string | null };
  /** The packets of these tokens, or of all of them, that are not what was sent last. */
  news(show: ShowToken, only?: readonly number[]): readonly Buffer[];
}

/** The packet of a token now, by mode; null for one that shows nothing. */
export type ShowToken = (token: number) => ((mode: TickMode) => Buffer) | null;

export function createSubscriptions(): Subscriptions {
  const streamed = new Map<number, { mode: TickMode; sent: Buffer | null }>();

  function add(tokens: readonly number[], mode: TickMode | null): { fresh: readonly number[]; refused: string | null } {
    const fresh: number[] = [];
    for (const token of tokens) {
      const known = streamed.get(token);
      if (known === undefined && streamed.size >= mostSubscriptions) {
        return { fresh, refused: `Subscription limit exceeded. Max permitted is ${mostSubscriptions} instruments.` };
      }
      if (known !== undefined && (mode === null || known.mode === mode)) continue;
      // Unless it is told otherwise a new subscription streams quotes.
      streamed.set(token, { mode: mode ?? 'quote', sent: null });
      fresh.push(token);
    }
    return { fresh, refused: null };
  }

  return {
    obey(command) {
      if (command.kind === 'subscribe') return add(command.tokens, null);
      if (command.kind === 'mode') return add(command.tokens, command.mode);
      for (const token of command.tokens) streamed.delete(token);
      return { fresh: [], refused: null };
    },
    news(show, only) {
      const packets: Buffer[] = [];
      for (const token of only ?? streamed.keys()) {
        const subscription = streamed.get(token);
        const now = subscription === undefined ? null : show(token);
        if (subscription === undefined || now === null) continue;
        const bytes = now(subscription.mode);
        if (subscription.sent?.equals(bytes) === true) continue;
        subscription.sent = bytes;
        packets.push(bytes);
      }
      return packets;
    },
  };
}

/** Shows tokens as they are at one instant, each worked out once however many sockets ask. */
export function showAt(dumpAt: DumpAt, prices: Prices, at: Instant): ShowToken {
  const dump = dumpAt(at);
  const memory = new Map<number, ReturnType<ShowToken>>();
  return (token) => {
    const known = memory.get(token);
    if (known !== undefined) return known;
    const instrument = dump.byToken(token);
    const shown = instrument === undefined ? null : prices.show(instrument, at);
    const found =
      instrument === undefined || shown === null ? null : (mode: TickMode): Buffer => packet(mode, instrument, shown);
    memory.set(token, found);
    return found;
  };
}
