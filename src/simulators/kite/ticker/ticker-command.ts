import { parseJson } from '../../../platform/json.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { TickMode } from './packets.js';

/** A command of a ticker client. */
export type TickerCommand =
  | { readonly kind: 'subscribe'; readonly tokens: readonly number[] }
  | { readonly kind: 'unsubscribe'; readonly tokens: readonly number[] }
  | { readonly kind: 'mode'; readonly mode: TickMode; readonly tokens: readonly number[] };

/**
 * Parses `{"a": "subscribe", "v": [408065]}` and `{"a": "mode", "v": ["full", [408065]]}`; returns the problem of an
 * invalid command.
 */
export function parseCommand(text: string): Result<TickerCommand, string> {
  const message = parseJson(text);
  if (message === null || typeof message !== 'object' || Array.isArray(message)) return err('Invalid message.');
  const action = 'a' in message ? message.a : undefined;
  const value: unknown = 'v' in message ? message.v : undefined;
  if (action === 'subscribe' || action === 'unsubscribe') {
    const tokens = readTokens(value);
    return tokens === null ? err('Invalid instrument tokens.') : ok({ kind: action, tokens });
  }
  if (action !== 'mode') return err('Invalid action.');
  if (!Array.isArray(value)) return err('Invalid mode.');
  const pair: readonly unknown[] = value;
  const [mode, list] = pair;
  if (!isTickMode(mode)) return err('Invalid mode.');
  const tokens = readTokens(list);
  return tokens === null ? err('Invalid instrument tokens.') : ok({ kind: 'mode', mode, tokens });
}

/** Tokens must be numbers; strings are rejected. */
function readTokens(value: unknown): readonly number[] | null {
  if (!Array.isArray(value)) return null;
  const list: readonly unknown[] = value;
  const tokens = list.filter((token): token is number => Number.isInteger(token));
  return tokens.length === list.length ? tokens : null;
}

function isTickMode(value: unknown): value is TickMode {
  return value === 'ltp' || value === 'quote' || value === 'full';
}
