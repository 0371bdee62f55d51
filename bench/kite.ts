import { monitorEventLoopDelay } from 'node:perf_hooks';

import { parseInstruments } from '../src/providers/kite/instruments/parse-instruments.js';
import { yieldToEventLoop } from '../src/providers/kite/instruments/instrument-catalog.js';
import type { Bench, Measurement } from './bench.js';

const rows = 117_000;
const header =
  'instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,segment,exchange';

/** A list as long as Kite's, nearly all of it options. */
function createListText(): string {
  const lines = [header];
  for (let row = 0; row < rows; row++) {
    const strike = 10_000 + 50 * (row % 600);
    const right = row % 2 === 0 ? 'CE' : 'PE';
    lines.push(
      `${row + 256},${row + 1},NIFTY26NOV${strike}${right}${row},"NIFTY",0,2026-11-24,${strike},0.05,65,${right},NFO-OPT,NFO`,
    );
  }
  return `${lines.join('\n')}\n`;
}

interface ParseMeasurement {
  readonly seconds: number;
  readonly stall: number;
}

async function measureParse(text: string): Promise<ParseMeasurement> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  // CPU time instead of wall-clock time: other load on the machine does not change it.
  const before = process.cpuUsage();
  const table = await yieldToEventLoop(parseInstruments(text));
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  if (!table.ok || table.value.length !== rows) throw new Error('the list was not read');
  return { seconds: (user + system) / 1e6, stall: delay.max / 1e6 };
}

async function measureParses(): Promise<readonly ParseMeasurement[]> {
  const text = createListText();
  const measurements: ParseMeasurement[] = [];
  for (let attempt = 0; attempt < 5; attempt++) measurements.push(await measureParse(text));
  return measurements;
}

async function measureCpu(): Promise<Measurement> {
  const measured = Math.min(...(await measureParses()).map(({ seconds }) => seconds));
  return { measured, unit: 's', limit: 0.3, better: 'lower', detail: `${rows} rows, seconds of CPU` };
}

async function stall(): Promise<Measurement> {
  const measured = Math.min(...(await measureParses()).map((one) => one.stall));
  return { measured, unit: 'ms', limit: 100, better: 'lower', detail: `${rows} rows` };
}

export const benches: readonly Bench[] = [
  { name: 'kite: reading the list of instruments', target: '≤ 0.3 s', run: measureCpu },
  { name: 'kite: longest stall while the list is read', target: '≤ 100 ms', run: stall },
];
