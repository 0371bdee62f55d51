// Asks a Kite for bars from a host with a clock of its own. Arguments: the compiled sources, the base URL, the folder for the list of
// instruments, the instant it is. Prints the outcomes as JSON.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , modules, baseUrl, cacheFolder, now] = process.argv;
const load = (path) => import(pathToFileURL(join(modules, path)).href);
const { createKiteProvider } = await load('providers/kite/provider.js');
const { getCalendar } = await load('calendar/calendars.js');
const { unpacedCalls } = await load('providers/provider.js');

const provider = createKiteProvider({
  settings: { baseUrl, instrumentsMaxAge: 3_600_000 },
  credentials: async () => ({
    ok: true,
    value: { apiKey: 'key', apiSecret: null, accessToken: 'token', tokenSource: 'the test', issuedAt: null },
  }),
  cacheFolder,
  calendarOf: getCalendar,
  clock: { now: () => Number(now), sleepUntil: async () => undefined },
  onNotice: () => undefined,
});
const never = new AbortController().signal;
const context = { id: 'run/1', signal: never, calls: unpacedCalls, onSend: () => undefined, onRetry: () => undefined };
const instrument = { symbol: 'INFY', kind: 'stock', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' };
const window = { start: Date.parse('2026-11-16T18:30:00Z'), end: Date.parse('2026-11-17T18:30:00Z') };
const outcomes = [await provider.open(never)];
for (const barSize of ['1 day', '1 hour']) {
  const series = { dataset: 'equity_bars', provider: 'kite', instrument, barSize, priceType: 'TRADES', hours: 'rth' };
  outcomes.push(await provider.fetch({ series, window, closes: [window] }, context));
}
const quotes = { dataset: 'quotes', provider: 'kite', instrument };
outcomes.push(await provider.fetch({ series: quotes, window: null, closes: [] }, context));
await provider.close();
const plain = (_, value) => (value instanceof Float64Array ? [...value] : value);
process.stdout.write(JSON.stringify(outcomes, plain));
