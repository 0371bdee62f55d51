export interface KnownIndex {
  /** The `name` of its options, which is also the common symbol. */
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

/** The index with a symbol or alias; undefined for an index without aliases. */
export function findKnownIndex(symbol: string): KnownIndex | undefined {
  return byName.get(symbol.toUpperCase());
}
