import type { KnownInstrument } from './known-instruments.js';

type Row = readonly [string, string, string, number, number, number];

/** Name, industry, category, price at the end of 2025 in rupees, volatility, millions of shares a day. */
const rows: Readonly<Record<string, Row>> = {
  FINNIFTY: ['NIFTY Financial Services', 'Indices', 'Sector Equity Index', 27_500, 0.16, 0],
  MIDCPNIFTY: ['NIFTY Midcap Select', 'Indices', 'Broad Range Equity Index', 13_900, 0.18, 0],
  BANKEX: ['S&P BSE Bankex', 'Indices', 'Sector Equity Index', 66_500, 0.16, 0],
  NIFTYNXT50: ['NIFTY Next 50', 'Indices', 'Broad Range Equity Index', 69_500, 0.17, 0],
  'INDIA VIX': ['India Volatility Index', 'Indices', 'Volatility Index', 11.5, 0.45, 0],
  USDINR: ['US Dollar / Indian Rupee', 'Currency', 'Currency', 90, 0.035, 2],
  EURINR: ['Euro / Indian Rupee', 'Currency', 'Currency', 105, 0.07, 0.2],
  GBPINR: ['British Pound / Indian Rupee', 'Currency', 'Currency', 120, 0.075, 0.2],
  JPYINR: ['Japanese Yen / Indian Rupee', 'Currency', 'Currency', 58, 0.09, 0.1],
  GOLD: ['Gold', 'Commodity', 'Precious Metals', 130_000, 0.16, 0.02],
  GOLDM: ['Gold Mini', 'Commodity', 'Precious Metals', 130_000, 0.16, 0.03],
  SILVER: ['Silver', 'Commodity', 'Precious Metals', 180_000, 0.28, 0.03],
  SILVERM: ['Silver Mini', 'Commodity', 'Precious Metals', 180_000, 0.28, 0.04],
  CRUDEOIL: ['Crude Oil', 'Commodity', 'Energy', 5_300, 0.34, 0.05],
  NATURALGAS: ['Natural Gas', 'Commodity', 'Energy', 420, 0.55, 0.15],
  COPPER: ['Copper', 'Commodity', 'Base Metals', 1_050, 0.2, 0.02],
  ZINC: ['Zinc', 'Commodity', 'Base Metals', 305, 0.2, 0.01],
  ADANIENT: ['Adani Enterprises Ltd', 'Industrial', 'Trading', 2_300, 0.36, 1.2],
  ADANIPORTS: ['Adani Ports & Special Economic Zone Ltd', 'Industrial', 'Transportation', 1_500, 0.3, 2.2],
  APOLLOHOSP: ['Apollo Hospitals Enterprise Ltd', 'Consumer, Non-cyclical', 'Healthcare-Services', 7_300, 0.24, 0.4],
  ASIANPAINT: ['Asian Paints Ltd', 'Basic Materials', 'Chemicals', 2_850, 0.22, 1.1],
  AXISBANK: ['Axis Bank Ltd', 'Financial', 'Banks', 1_270, 0.23, 7],
  'BAJAJ-AUTO': ['Bajaj Auto Ltd', 'Consumer, Cyclical', 'Auto Manufacturers', 9_100, 0.25, 0.4],
  BAJAJFINSV: ['Bajaj Finserv Ltd', 'Financial', 'Diversified Finan Serv', 2_080, 0.24, 1.4],
  BAJFINANCE: ['Bajaj Finance Ltd', 'Financial', 'Diversified Finan Serv', 1_030, 0.27, 6],
  BEL: ['Bharat Electronics Ltd', 'Industrial', 'Aerospace/Defense', 410, 0.3, 14],
  BHARTIARTL: ['Bharti Airtel Ltd', 'Communications', 'Telecommunications', 2_100, 0.21, 5],
  BRITANNIA: ['Britannia Industries Ltd', 'Consumer, Non-cyclical', 'Food', 5_850, 0.2, 0.3],
  CIPLA: ['Cipla Ltd', 'Consumer, Non-cyclical', 'Pharmaceuticals', 1_520, 0.21, 1.5],
  COALINDIA: ['Coal India Ltd', 'Energy', 'Coal', 385, 0.24, 7],
  DIVISLAB: ["Divi's Laboratories Ltd", 'Consumer, Non-cyclical', 'Pharmaceuticals', 6_450, 0.26, 0.4],
  DRREDDY: ["Dr Reddy's Laboratories Ltd", 'Consumer, Non-cyclical', 'Pharmaceuticals', 1_260, 0.22, 1.4],
  EICHERMOT: ['Eicher Motors Ltd', 'Consumer, Cyclical', 'Auto Manufacturers', 7_150, 0.24, 0.4],
  ETERNAL: ['Eternal Ltd', 'Communications', 'Internet', 300, 0.38, 28],
  GRASIM: ['Grasim Industries Ltd', 'Basic Materials', 'Chemicals', 2_740, 0.22, 0.6],
  HCLTECH: ['HCL Technologies Ltd', 'Technology', 'Computers', 1_640, 0.24, 2.5],
  HDFCLIFE: ['HDFC Life Insurance Co Ltd', 'Financial', 'Insurance', 765, 0.22, 2.6],
  HEROMOTOCO: ['Hero MotoCorp Ltd', 'Consumer, Cyclical', 'Auto Manufacturers', 6_200, 0.25, 0.5],
  HINDALCO: ['Hindalco Industries Ltd', 'Basic Materials', 'Mining', 810, 0.3, 5],
  HINDUNILVR: ['Hindustan Unilever Ltd', 'Consumer, Non-cyclical', 'Cosmetics/Personal Care', 2_450, 0.18, 1.4],
  ICICIBANK: ['ICICI Bank Ltd', 'Financial', 'Banks', 1_385, 0.19, 12],
  INDUSINDBK: ['IndusInd Bank Ltd', 'Financial', 'Banks', 850, 0.34, 5],
  ITC: ['ITC Ltd', 'Consumer, Non-cyclical', 'Agriculture', 405, 0.17, 12],
  JIOFIN: ['Jio Financial Services Ltd', 'Financial', 'Diversified Finan Serv', 305, 0.3, 16],
  JSWSTEEL: ['JSW Steel Ltd', 'Basic Materials', 'Iron/Steel', 1_150, 0.25, 2],
  KOTAKBANK: ['Kotak Mahindra Bank Ltd', 'Financial', 'Banks', 2_120, 0.2, 3.5],
  LT: ['Larsen & Toubro Ltd', 'Industrial', 'Engineering & Construction', 4_050, 0.21, 2],
  'M&M': ['Mahindra & Mahindra Ltd', 'Consumer, Cyclical', 'Auto Manufacturers', 3_700, 0.26, 2.5],
  MARUTI: ['Maruti Suzuki India Ltd', 'Consumer, Cyclical', 'Auto Manufacturers', 16_000, 0.22, 0.5],
  NESTLEIND: ['Nestle India Ltd', 'Consumer, Non-cyclical', 'Food', 1_260, 0.18, 1.2],
  NTPC: ['NTPC Ltd', 'Utilities', 'Electric', 325, 0.22, 12],
  ONGC: ['Oil & Natural Gas Corp Ltd', 'Energy', 'Oil & Gas', 243, 0.25, 11],
  POWERGRID: ['Power Grid Corp of India Ltd', 'Utilities', 'Electric', 270, 0.2, 11],
  SBILIFE: ['SBI Life Insurance Co Ltd', 'Financial', 'Insurance', 1_960, 0.2, 1],
  SBIN: ['State Bank of India', 'Financial', 'Banks', 970, 0.21, 11],
  SHRIRAMFIN: ['Shriram Finance Ltd', 'Financial', 'Diversified Finan Serv', 850, 0.3, 5],
  SUNPHARMA: ['Sun Pharmaceutical Industries Ltd', 'Consumer, Non-cyclical', 'Pharmaceuticals', 1_810, 0.21, 2],
  TATACONSUM: ['Tata Consumer Products Ltd', 'Consumer, Non-cyclical', 'Beverages', 1_160, 0.21, 1.3],
  TATASTEEL: ['Tata Steel Ltd', 'Basic Materials', 'Iron/Steel', 168, 0.27, 28],
  TECHM: ['Tech Mahindra Ltd', 'Technology', 'Computers', 1_520, 0.26, 1.6],
  TITAN: ['Titan Co Ltd', 'Consumer, Cyclical', 'Retail', 3_900, 0.22, 0.9],
  TMPV: ['Tata Motors Passenger Vehicles Ltd', 'Consumer, Cyclical', 'Auto Manufacturers', 360, 0.32, 12],
  TRENT: ['Trent Ltd', 'Consumer, Cyclical', 'Retail', 4_250, 0.34, 0.9],
  ULTRACEMCO: ['UltraTech Cement Ltd', 'Industrial', 'Building Materials', 11_600, 0.21, 0.3],
  WIPRO: ['Wipro Ltd', 'Technology', 'Computers', 250, 0.25, 9],
};

const bseSymbols: ReadonlySet<string> = new Set(['BANKEX']);

/** The known Indian instrument of a symbol traded in rupees; undefined if there is none. */
export function findKnownIndianInstrument(symbol: string): KnownInstrument | undefined {
  const row = Object.hasOwn(rows, symbol) ? rows[symbol] : undefined;
  if (row === undefined) return undefined;
  const [name, industry, category, price, volatility, millions] = row;
  return {
    name,
    industry,
    category,
    primaryExchange: bseSymbols.has(symbol) ? 'BSE' : 'NSE',
    price,
    volatility,
    dailyVolumeMillions: millions,
  };
}
