import type { KiteInstrument } from './instrument.js';

export const csvHeader =
  'instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,segment,exchange\n';

/** Formats rows as the dump does; `last_price` is always 0, as at Kite. */
export function formatInstrumentRows(instruments: Iterable<KiteInstrument>): string {
  let text = '';
  for (const row of instruments) {
    text +=
      `${row.token},${row.exchangeToken},${escapeField(row.tradingsymbol)},${escapeField(row.name)},0,${row.expiry ?? ''},` +
      `${row.strike},${row.tickSize},${row.lotSize},${row.type},${row.segment},${row.exchange}\n`;
  }
  return text;
}

function escapeField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
