import { closestMatch } from '../../platform/suggest.js';

/** Names of the companies behind the providers, and of their programs and libraries. */
const aliases: readonly { readonly pattern: RegExp; readonly provider: string }[] = [
  { pattern: /^(ibkr|interactive|tws|gateway$|ib[\s_-]?(gateway|gw|api|insync|async|kr)$)/i, provider: 'ib' },
  { pattern: /^(zerodha|kite[\s_-]?connect|pykite|nse$|bse$)/i, provider: 'kite' },
  { pattern: /^(fake|test|demo|dummy|embedded|simulat)/i, provider: 'mock' },
  { pattern: /^(scenario|script|fault)/i, provider: 'synthetic' },
  { pattern: /^(detect|any|default)/i, provider: 'auto' },
];

/** The provider that a text stands for, among some; null if it resembles none. */
export function suggestProvider(text: string, providers: readonly string[]): string | null {
  const alias = aliases.find(({ pattern, provider }) => pattern.test(text.trim()) && providers.includes(provider));
  return alias?.provider ?? closestMatch(text, providers);
}
