/** An index under the names that people and Kite have for it. */
export interface KnownIndex {
  /** The `name` of its options, and the usual symbol. */
  readonly name: string;
  readonly exchange: 'NSE' | 'BSE';
  /** Kite's own spelling. */
  readonly tradingsymbol: string;
  readonly also: readonly string[];
}

const indices: readonly KnownIndex[] = [
  { name: 'NIFTY', exchange: 'NSE', tradingsymbol: 'NIFTY 50', also: ['NIFTY50'] },
  { name: 'BANKNIFTY', exchange: 'NSE', tradingsymbol: 'NIFTY BANK', also: ['NIFTYBANK', 'BANK NIFTY'] },
  { name: 'FINNIFTY', exchange: 'NSE', tradingsymbol: 'NIFTY FIN SERVICE', also: [] },
  { name: 'MIDCPNIFTY', exchange: 'NSE', tradingsymbol: 'NIFTY MID SELECT', also: ['MIDCAP SELECT'] },
  { name: 'NIFTYNXT50', exchange: 'NSE', tradingsymbol: 'NIFTY NEXT 50', also: [] },
  { name: 'INDIAVIX', exchange: 'NSE', tradingsymbol: 'INDIA VIX', also: [] },
  { name: 'SENSEX', exchange: 'BSE', tradingsymbol: 'SENSEX', also: [] },
  { name: 'BANKEX', exchange: 'BSE', tradingsymbol: 'BANKEX', also: [] },
  { name: 'SENSEX50', exchange: 'BSE', tradingsymbol: 'SNSX50', also: [] },
];

const byName = new Map(
  indices.flatMap((index) => [index.name, index.tradingsymbol, ...index.also].map((name) => [name, index] as const)),
);

/** The index that a symbol means; undefined for one that goes by its own name only. */
export function knownIndex(symbol: string): KnownIndex | undefined {
  return byName.get(symbol.toUpperCase());
}
