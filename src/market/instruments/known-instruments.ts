/** Realistic details of a well-known symbol. */
export interface KnownInstrument {
  readonly name: string;
  readonly industry: string;
  readonly category: string;
  /** The exchange that lists it, in the provider's notation. */
  readonly primaryExchange: string;
  /** The approximate price at the end of 2025, in its own currency. */
  readonly price: number;
  readonly volatility: number;
  /** Shares on an ordinary day, in millions. */
  readonly dailyVolumeMillions: number;
}

type Row = readonly [string, string, string, string, number, number, number];

const rows: Readonly<Record<string, Row>> = {
  AAPL: ['Apple Inc', 'Technology', 'Computers', 'NASDAQ', 270, 0.26, 50],
  ABNB: ['Airbnb Inc', 'Communications', 'Internet', 'NASDAQ', 125, 0.36, 5],
  AMD: ['Advanced Micro Devices', 'Technology', 'Semiconductors', 'NASDAQ', 220, 0.45, 45],
  AMZN: ['Amazon.com Inc', 'Communications', 'Internet', 'NASDAQ', 230, 0.31, 42],
  AVGO: ['Broadcom Inc', 'Technology', 'Semiconductors', 'NASDAQ', 350, 0.42, 22],
  BAC: ['Bank of America Corp', 'Financial', 'Banks', 'NYSE', 53, 0.25, 36],
  'BRK B': ['Berkshire Hathaway Inc - Cl B', 'Financial', 'Insurance', 'NYSE', 500, 0.17, 4.5],
  COST: ['Costco Wholesale Corp', 'Consumer, Cyclical', 'Retail', 'NASDAQ', 900, 0.21, 2.3],
  CVX: ['Chevron Corp', 'Energy', 'Oil & Gas', 'NYSE', 152, 0.23, 8],
  DIS: ['Walt Disney Co', 'Communications', 'Media', 'NYSE', 110, 0.28, 9],
  GOOGL: ['Alphabet Inc - Cl A', 'Communications', 'Internet', 'NASDAQ', 300, 0.3, 32],
  HD: ['Home Depot Inc', 'Consumer, Cyclical', 'Retail', 'NYSE', 355, 0.22, 4],
  INTC: ['Intel Corp', 'Technology', 'Semiconductors', 'NASDAQ', 36, 0.45, 90],
  JNJ: ['Johnson & Johnson', 'Consumer, Non-cyclical', 'Pharmaceuticals', 'NYSE', 205, 0.17, 8],
  JPM: ['JPMorgan Chase & Co', 'Financial', 'Banks', 'NYSE', 310, 0.24, 9],
  KO: ['Coca-Cola Co', 'Consumer, Non-cyclical', 'Beverages', 'NYSE', 71, 0.15, 16],
  MA: ['Mastercard Inc - Cl A', 'Financial', 'Diversified Finan Serv', 'NYSE', 560, 0.2, 3],
  META: ['Meta Platforms Inc', 'Communications', 'Internet', 'NASDAQ', 650, 0.34, 14],
  MSFT: ['Microsoft Corp', 'Technology', 'Software', 'NASDAQ', 485, 0.23, 22],
  NFLX: ['Netflix Inc', 'Communications', 'Internet', 'NASDAQ', 95, 0.33, 40],
  NVDA: ['NVIDIA Corp', 'Technology', 'Semiconductors', 'NASDAQ', 185, 0.41, 190],
  ORCL: ['Oracle Corp', 'Technology', 'Software', 'NYSE', 200, 0.42, 20],
  PG: ['Procter & Gamble Co', 'Consumer, Non-cyclical', 'Cosmetics/Personal Care', 'NYSE', 144, 0.16, 9],
  TSLA: ['Tesla Inc', 'Consumer, Cyclical', 'Auto Manufacturers', 'NASDAQ', 450, 0.45, 80],
  UNH: ['UnitedHealth Group Inc', 'Consumer, Non-cyclical', 'Healthcare-Services', 'NYSE', 330, 0.34, 9],
  V: ['Visa Inc - Cl A', 'Financial', 'Diversified Finan Serv', 'NYSE', 345, 0.19, 6],
  WMT: ['Walmart Inc', 'Consumer, Cyclical', 'Retail', 'NASDAQ', 111, 0.2, 18],
  XOM: ['Exxon Mobil Corp', 'Energy', 'Oil & Gas', 'NYSE', 120, 0.23, 15],
  DIA: ['SPDR Dow Jones Industrial Average ETF', 'Funds', 'Equity Fund', 'ARCA', 485, 0.15, 4],
  GLD: ['SPDR Gold Shares', 'Funds', 'Commodity Fund', 'ARCA', 400, 0.18, 11],
  IWM: ['iShares Russell 2000 ETF', 'Funds', 'Equity Fund', 'ARCA', 248, 0.22, 35],
  QQQ: ['Invesco QQQ Trust Series 1', 'Funds', 'Equity Fund', 'NASDAQ', 620, 0.19, 55],
  SPY: ['SPDR S&P 500 ETF Trust', 'Funds', 'Equity Fund', 'ARCA', 685, 0.15, 75],
  TLT: ['iShares 20+ Year Treasury Bond ETF', 'Funds', 'Debt Fund', 'NASDAQ', 88, 0.15, 35],
  SPX: ['S&P 500 Stock Index', 'Indices', 'Broad Range Equity Index', 'CBOE', 6850, 0.15, 0],
  NDX: ['NASDAQ 100 Stock Index', 'Indices', 'Broad Range Equity Index', 'NASDAQ', 25300, 0.19, 0],
  VIX: ['CBOE Volatility Index', 'Indices', 'Volatility Index', 'CBOE', 17, 0.45, 0],
  NIFTY: ['NIFTY 50', 'Indices', 'Broad Range Equity Index', 'NSE', 26000, 0.15, 0],
  'NIFTY 50': ['NIFTY 50', 'Indices', 'Broad Range Equity Index', 'NSE', 26000, 0.15, 0],
  NIFTY50: ['NIFTY 50', 'Indices', 'Broad Range Equity Index', 'NSE', 26000, 0.15, 0],
  BANKNIFTY: ['NIFTY Bank', 'Indices', 'Sector Equity Index', 'NSE', 59000, 0.16, 0],
  SENSEX: ['S&P BSE Sensex', 'Indices', 'Broad Range Equity Index', 'BSE', 85000, 0.15, 0],
  HDFCBANK: ['HDFC Bank Ltd', 'Financial', 'Banks', 'NSE', 1000, 0.19, 22],
  INFY: ['Infosys Ltd', 'Technology', 'Computers', 'NSE', 1620, 0.24, 9],
  RELIANCE: ['Reliance Industries Ltd', 'Energy', 'Oil & Gas', 'NSE', 1550, 0.22, 11],
  TCS: ['Tata Consultancy Services Ltd', 'Technology', 'Computers', 'NSE', 3250, 0.21, 3],
  BHP: ['BHP Group Ltd', 'Basic Materials', 'Mining', 'ASX', 45, 0.24, 7],
  CBA: ['Commonwealth Bank of Australia', 'Financial', 'Banks', 'ASX', 160, 0.19, 1.8],
  VOD: ['Vodafone Group PLC', 'Communications', 'Telecommunications', 'LSE', 0.92, 0.24, 60],
  HSBA: ['HSBC Holdings PLC', 'Financial', 'Banks', 'LSE', 11, 0.22, 25],
  SAP: ['SAP SE', 'Technology', 'Software', 'IBIS', 210, 0.27, 1.6],
  SIE: ['Siemens AG', 'Industrial', 'Miscellaneous Manufactur', 'IBIS', 230, 0.25, 1.1],
  ASML: ['ASML Holding NV', 'Technology', 'Semiconductors', 'AEB', 900, 0.34, 0.6],
  NESN: ['Nestle SA', 'Consumer, Non-cyclical', 'Food', 'EBS', 80, 0.17, 4],
  RY: ['Royal Bank of Canada', 'Financial', 'Banks', 'TSE', 230, 0.16, 4],
  '7203': ['Toyota Motor Corp', 'Consumer, Cyclical', 'Auto Manufacturers', 'TSEJ', 3300, 0.28, 25],
  '700': ['Tencent Holdings Ltd', 'Communications', 'Internet', 'SEHK', 600, 0.3, 20],
  CSL: ['CSL Ltd', 'Consumer, Non-cyclical', 'Biotechnology', 'ASX', 175, 0.24, 1.2],
};

/** The known instrument of a symbol; undefined if there is none. */
export function findKnownInstrument(symbol: string): KnownInstrument | undefined {
  const row = Object.hasOwn(rows, symbol) ? rows[symbol] : undefined;
  if (row === undefined) return undefined;
  const [name, industry, category, primaryExchange, price, volatility, dailyVolumeMillions] = row;
  return { name, industry, category, primaryExchange, price, volatility, dailyVolumeMillions };
}
