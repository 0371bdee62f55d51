/** Stocks with options and futures; well-known ones have NSE's real exchange token. */
const knownNumbers: Readonly<Record<string, number>> = {
  ADANIENT: 25,
  ADANIPORTS: 15083,
  APOLLOHOSP: 157,
  ASIANPAINT: 236,
  AXISBANK: 5900,
  'BAJAJ-AUTO': 16669,
  BAJAJFINSV: 16675,
  BAJFINANCE: 317,
  BEL: 383,
  BHARTIARTL: 10604,
  BRITANNIA: 547,
  CIPLA: 694,
  COALINDIA: 20374,
  DIVISLAB: 10940,
  DRREDDY: 881,
  EICHERMOT: 910,
  ETERNAL: 5097,
  GRASIM: 1232,
  HCLTECH: 7229,
  HDFCBANK: 1333,
  HDFCLIFE: 467,
  HEROMOTOCO: 1348,
  HINDALCO: 1363,
  HINDUNILVR: 1394,
  ICICIBANK: 4963,
  INDUSINDBK: 5258,
  INFY: 1594,
  ITC: 1660,
  JIOFIN: 18143,
  JSWSTEEL: 11723,
  KOTAKBANK: 1922,
  LT: 11483,
  'M&M': 2031,
  MARUTI: 10999,
  NESTLEIND: 17963,
  NTPC: 11630,
  ONGC: 2475,
  POWERGRID: 14977,
  RELIANCE: 2885,
  SBILIFE: 21808,
  SBIN: 3045,
  SHRIRAMFIN: 4306,
  SUNPHARMA: 3351,
  TATACONSUM: 3432,
  TATASTEEL: 3499,
  TCS: 11536,
  TECHM: 13538,
  TITAN: 3506,
  TMPV: 3456,
  TRENT: 1964,
  ULTRACEMCO: 11532,
  WIPRO: 3787,
};

const otherSymbols = (
  '360ONE ABB ABCAPITAL ADANIENSOL ADANIGREEN ALKEM AMBER AMBUJACEM ANGELONE APLAPOLLO ASHOKLEY ASTRAL AUBANK AUROPHARMA ' +
  'BANDHANBNK BANKBARODA BANKINDIA BDL BHARATFORG BHEL BIOCON BLUESTARCO BOSCHLTD BPCL BSE CAMS CANBK CDSL CGPOWER ' +
  'CHOLAFIN COFORGE COLPAL CONCOR CROMPTON CUMMINSIND CYIENT DABUR DALBHARAT DELHIVERY DIXON DLF DMART EXIDEIND ' +
  'FEDERALBNK FORTIS GAIL GLENMARK GMRAIRPORT GODREJCP GODREJPROP HAL HAVELLS HDFCAMC HFCL HINDPETRO HINDZINC HUDCO ' +
  'ICICIGI ICICIPRULI IDEA IDFCFIRSTB IEX IGL IIFL INDHOTEL INDIANB INDIGO INDUSTOWER INOXWIND IOC IRCTC IREDA IRFC ' +
  'JINDALSTEL JSWENERGY JUBLFOOD KALYANKJIL KAYNES KEI KFINTECH KPITTECH LAURUSLABS LICHSGFIN LICI LODHA LTF LTIM LUPIN ' +
  'MANAPPURAM MANKIND MARICO MAXHEALTH MAZDOCK MCX MFSL MOTHERSON MPHASIS MUTHOOTFIN NATIONALUM NAUKRI NBCC NCC NHPC ' +
  'NMDC NUVAMA NYKAA OBEROIRLTY OFSS OIL PAGEIND PATANJALI PAYTM PERSISTENT PETRONET PFC PGEL PHOENIXLTD PIDILITIND ' +
  'PIIND PNB PNBHOUSING POLICYBZR POLYCAB POWERINDIA PPLPHARMA PRESTIGE RBLBANK RECLTD RVNL SAIL SAMMAANCAP SBICARD ' +
  'SHREECEM SIEMENS SOLARINDS SONACOMS SRF SUPREMEIND SUZLON SYNGENE TATAELXSI TATAPOWER TATATECH TIINDIA TITAGARH ' +
  'TORNTPHARM TORNTPOWER TVSMOTOR UNIONBANK UNITDSPR UNOMINDA UPL VBL VEDL VOLTAS YESBANK ZYDUSLIFE'
).split(' ');

/** First exchange token of stocks without a well-known one. */
const firstOtherNumber = 30_001;

/** A stock with its exchange token. */
export interface NumberedStock {
  readonly symbol: string;
  readonly exchangeToken: number;
}

/** Stocks with options and futures, ordered by symbol. */
export const optionableStocks: readonly NumberedStock[] = [
  ...Object.entries(knownNumbers).map(([symbol, exchangeToken]) => ({ symbol, exchangeToken })),
  ...otherSymbols.map((symbol, index) => ({ symbol, exchangeToken: firstOtherNumber + index })),
].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));

const bseScripCodes: Readonly<Record<string, number>> = {
  HDFCBANK: 500180,
  INFY: 500209,
  RELIANCE: 500325,
  SBIN: 500112,
  TCS: 532540,
};

/** Returns the BSE scrip code of a stock. */
export function getBseScripCode(symbol: string, position: number): number {
  return (Object.hasOwn(bseScripCodes, symbol) ? bseScripCodes[symbol] : undefined) ?? 541_000 + position;
}

const namePrefixes = (
  'ADITYA AGARWAL AJANTA AKSHAR ALPINE AMRIT ANAND ANJANI APEX ARIHANT ARVIND ASHOKA ATUL BALAJI BHARAT BOMBAY CENTURY ' +
  'CHETAN CITY COASTAL CONTI CORAL DECCAN DELTA DHANUKA DIVYA EAST EMERALD EVEREST FALCON GANESH GARUDA GLOBAL GOLDEN ' +
  'GUJARAT HARI HIMAL HINDUS INDO JAIPUR JAY KALYANI KAMAL KAVERI KERALA KIRTI KRISHNA LAKSHMI LOTUS MADHAV MAHA MANGAL ' +
  'MERCURY METRO MODERN MYSORE NARMADA NAVIN NEEL NILGIRI NOVA OM ORIENT OSWAL PADMA PARAS PEARL PIONEER PRAKASH PREM ' +
  'RAJA RAMA RATNA RISHI ROYAL SAGAR SAI SANGAM SARAS SHAKTI SHANTI SHIV SHREE SILVER SOUTH SRI SUN SURYA SWAN TAJ ' +
  'TARA TIRU TRIVENI UDAY UNITED UTTAM VARUN VENUS VIJAY VIKRAM VISHAL WEST YASH ZENITH'
).split(' ');

const nameSuffixes =
  'AGRO AUTO BIO CABLE CAPS CEM CHEM COT DYE ELEC ENG FIN FOOD GAS GLASS HOTEL IND INFRA LOGI MED MET MILL PAPER PHAR'.split(
    ' ',
  );

/** Small companies that exist only here: enough of them that a dump is as long as the real one. */
export const smallStocks: readonly string[] = namePrefixes
  .flatMap((first) => nameSuffixes.map((second) => first + second))
  .filter((symbol) => !optionableStocks.some((stock) => stock.symbol === symbol));

const stateCodes = 'AP AS BR CG GA GJ HP HR JH JK KA KL MH MP NL OD PB RJ SK TN TS UK UP WB'.split(' ');

/** Loans of the states, as they are listed by the thousand: coupon, state, year. There are names for 6,500. */
export function createStateLoans(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const state = stateCodes[index % stateCodes.length] ?? '';
    const issue = Math.floor(index / stateCodes.length);
    return `${650 + issue}${state}${27 + ((issue * 7 + index) % 30)}-SG`;
  });
}
