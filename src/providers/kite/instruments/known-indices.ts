/** An index under the names that people and Kite have for it. */
export interface KnownIndex {
  /** The `name` of its options, and the usual symbol. */
  readonly name: string;
  readonly exchange: 'NSE' | 'BSE';
  /** Kite's own spelling. */
  readonly tradingsymbol: string;
  readonly aliases: readonly string[];
}

const indices: readonly KnownIndex[] = [
  { name: 'NIFTY', exchange: 'NSE', tradingsymbol: 'NIFTY 50', aliases: ['NIFTY50'] },
  { name: 'BANKNIFTY', exchange: 'NSE', tradingsymbol: 'NIFTY BANK', aliases: ['NIFTYBANK', 'BANK NIFTY'] },
  { name: 'FINNIFTY', exchange: 'NSE', tradingsymbol: 'NIFTY FIN SERVICE', aliases: [] },
  { name: 'MIDCPNIFTY', exchange: 'NSE', tradingsymbol: 'NIFTY MID SELECT', aliases: ['MIDCAP SELECT'] },
  { name: 'NIFTYNXT50', exchange: 'NSE', tradingsymbol: 'NIFTY NEXT 50', aliases: [] },
  { name: 'INDIAVIX', exchange: 'NSE', tradingsymbol: 'INDIA VIX', aliases: [] },
  { name: 'SENSEX', exchange: 'BSE', tradingsymbol: 'SENSEX', aliases: [] },
  { name: 'BANKEX', exchange: 'BSE', tradingsymbol: 'BANKEX', aliases: [] },
  { name: 'SENSEX50', exchange: 'BSE', tradingsymbol: 'SNSX50', aliases: [] },
];

const byName = new Map(
  indices.flatMap((index) => [index.name, index.tradingsymbol, ...index.aliases].map((name) => [name, index] as const)),
);

/** The index that a symbol means; undefined for one that goes by its own name only. */
export function findKnownIndex(symbol: string): KnownIndex | undefined {
  return byName.get(symbol.toUpperCase());
}
