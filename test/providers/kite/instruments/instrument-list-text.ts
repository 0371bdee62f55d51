export const header =
  'instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,segment,exchange';

/** A list of the instruments that tests use, followed by a number of options on NIFTY. */
export function createInstrumentList(options = 0): string {
  const rows = [
    '408065,1594,INFY,INFOSYS,0,,0,0.05,1,EQ,NSE,NSE',
    '128028676,500209,INFY,INFOSYS LTD.,0,,0,0.05,1,EQ,BSE,BSE',
    '256265,1001,NIFTY 50,NIFTY 50,0,,0,0,0,EQ,INDICES,NSE',
    '260105,1016,NIFTY BANK,NIFTY BANK,0,,0,0,0,EQ,INDICES,NSE',
    '264969,1035,INDIA VIX,INDIA VIX,0,,0,0,0,EQ,INDICES,NSE',
    '265,1,SENSEX,SENSEX,0,,0,0,0,EQ,INDICES,BSE',
    '9001,35,NIFTY26NOV26000CE,"NIFTY",0,2026-11-24,26000,0.05,65,CE,NFO-OPT,NFO',
    '9002,36,NIFTY26NOV26000PE,"NIFTY",0,2026-11-24,26000,0.05,65,PE,NFO-OPT,NFO',
    '9003,37,NIFTY26NOV25950CE,NIFTY,0,2026-11-24,25950,0.05,65,CE,NFO-OPT,NFO',
    '9004,38,NIFTY26NOVFUT,NIFTY,0,2026-11-24,0,0.1,65,FUT,NFO-FUT,NFO',
    '9005,39,SENSEX26NOV85000CE,SENSEX,0,2026-11-26,85000,0.05,20,CE,BFO-OPT,BFO',
    '9006,40,INFY26NOV1500CE,INFY,0,2026-11-24,1500,0.05,400,CE,NFO-OPT,NFO',
  ];
  for (let number = 0; number < options; number++)
    rows.push(
      `${10_000_000 + number},1,NIFTY26D${number}CE,"NIFTY",0,2026-12-29,${20_000 + number},0.05,65,CE,NFO-OPT,NFO`,
    );
  return `${[header, ...rows].join('\n')}\n`;
}
