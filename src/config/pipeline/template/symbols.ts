import type { TemplateName, TemplateProvider } from './choices.js';

/** Kind and exchange of common symbols. Others are stocks of the usual exchange of the provider. */
const knownInstruments: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['SPY', 'QQQ', 'IWM', 'DIA', 'GLD', 'SLV', 'TLT', 'EEM', 'EFA', 'XLE', 'XLF', 'XLK', 'XLV'].map((name) => [
      name,
      'kind: etf',
    ]),
  ),
  SPX: 'kind: index, exchange: CBOE',
  VIX: 'kind: index, exchange: CBOE',
  NDX: 'kind: index, exchange: NASDAQ',
  ...Object.fromEntries(
    ['NIFTY', 'BANKNIFTY', 'FINNIFTY', 'MIDCPNIFTY', 'INDIA VIX'].map((name) => [name, 'kind: index, exchange: NSE']),
  ),
  SENSEX: 'kind: index, exchange: BSE',
  BANKEX: 'kind: index, exchange: BSE',
};

/** The symbols of a template. */
export function getDefaultSymbols(template: TemplateName, provider: TemplateProvider): readonly string[] {
  if (template === 'indices') return provider === 'ib' ? ['SPX'] : ['NIFTY', 'BANKNIFTY', 'FINNIFTY', 'SENSEX'];
  if (provider === 'kite') return template === 'snapshots' ? ['NIFTY', 'BANKNIFTY'] : ['INFY', 'RELIANCE', 'NIFTY'];
  if (template === 'snapshots') return ['SPY', 'QQQ', 'IWM'];
  return template === 'options' ? ['AAPL', 'GOOGL', 'MSFT', 'TSLA'] : ['AAPL', 'MSFT', 'SPY'];
}

/** Renders the entries of the section `symbols`. */
export function renderSymbols(symbols: readonly string[], provider: TemplateProvider): string {
  return symbols.map((symbol) => `  - ${renderSymbol(symbol, provider)}`).join('\n');
}

function renderSymbol(symbol: string, provider: TemplateProvider): string {
  const known = Object.hasOwn(knownInstruments, symbol) ? knownInstruments[symbol] : undefined;
  const settings = known ?? (provider === 'kite' ? 'exchange: NSE' : undefined);
  const name = /^[A-Za-z][A-Za-z0-9.]*$/.test(symbol) ? symbol : `'${symbol}'`;
  return settings === undefined ? name : `{ symbol: ${name}, ${settings} }`;
}

/** The index whose level is the volatility of the market; null if the template does not use it. */
export function getVolatilityIndex(template: TemplateName, market: 'XNYS' | 'XNSE'): string | null {
  if (template !== 'snapshots' && template !== 'indices') return null;
  return market === 'XNYS' ? 'VIX' : 'INDIA VIX';
}
