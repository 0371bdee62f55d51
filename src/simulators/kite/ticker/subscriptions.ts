import type { Instant } from '../../../core/time/time.js';
import type { GetDump } from '../instruments/instrument-dump.js';
import type { Prices } from '../market-data/prices.js';
import type { TickerCommand } from './ticker-command.js';
import { encodePacket } from './packets.js';
import type { TickMode } from './packets.js';

/** Maximum instruments on one socket. */
export const maxSubscriptions = 3_000;

/** Subscriptions of one socket. */
export interface Subscriptions {
  /** Applies a command; returns the newly subscribed tokens, or the problem. */
  apply(command: TickerCommand): { readonly changedTokens: readonly number[]; readonly rejection: string | null };
  /** Returns the packets of these tokens, or of all, that changed since they were last sent. */
  takeChangedPackets(lookUpPacket: PacketLookup, selectedTokens?: readonly number[]): readonly Buffer[];
}

/** Returns the current packet of a token; null if it has no quote. */
export type PacketLookup = (token: number) => ((mode: TickMode) => Buffer) | null;

export function createSubscriptions(): Subscriptions {
  const subscriptions = new Map<number, { mode: TickMode; sent: Buffer | null }>();

  function add(
    tokens: readonly number[],
    mode: TickMode | null,
  ): { changedTokens: readonly number[]; rejection: string | null } {
    const changedTokens: number[] = [];
    for (const token of tokens) {
      const known = subscriptions.get(token);
      if (known === undefined && subscriptions.size >= maxSubscriptions) {
        return {
          changedTokens,
          rejection: `Subscription limit exceeded. Max permitted is ${maxSubscriptions} instruments.`,
        };
      }
      if (known !== undefined && (mode === null || known.mode === mode)) continue;
      // `quote` is the default mode of a new subscription.
      subscriptions.set(token, { mode: mode ?? 'quote', sent: null });
      changedTokens.push(token);
    }
    return { changedTokens, rejection: null };
  }

  return {
    apply(command) {
      if (command.kind === 'subscribe') return add(command.tokens, null);
      if (command.kind === 'mode') return add(command.tokens, command.mode);
      for (const token of command.tokens) subscriptions.delete(token);
      return { changedTokens: [], rejection: null };
    },
    takeChangedPackets(lookUpPacket, selectedTokens) {
      const packets: Buffer[] = [];
      for (const token of selectedTokens ?? subscriptions.keys()) {
        const subscription = subscriptions.get(token);
        const encode = subscription === undefined ? null : lookUpPacket(token);
        if (subscription === undefined || encode === null) continue;
        const bytes = encode(subscription.mode);
        if (subscription.sent?.equals(bytes) === true) continue;
        subscription.sent = bytes;
        packets.push(bytes);
      }
      return packets;
    },
  };
}

/** Computes the packets of one instant, each once for all sockets. */
export function createPacketLookup(getDump: GetDump, prices: Prices, at: Instant): PacketLookup {
  const dump = getDump(at);
  const cache = new Map<number, ReturnType<PacketLookup>>();
  return (token) => {
    const known = cache.get(token);
    if (known !== undefined) return known;
    const instrument = dump.byToken(token);
    const quote = instrument === undefined ? null : prices.quoteAt(instrument, at);
    const found =
      instrument === undefined || quote === null
        ? null
        : (mode: TickMode): Buffer => encodePacket(mode, instrument, quote);
    cache.set(token, found);
    return found;
  };
}
