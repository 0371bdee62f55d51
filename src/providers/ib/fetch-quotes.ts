import type { Calendar } from '../../core/calendar.js';
import type { Clock } from '../../core/clock.js';
import type { Failure } from '../../core/failure.js';
import { quoteRows, snapshotRows } from '../../core/reading-rows.js';
import type { OptionReading } from '../../core/reading-rows.js';
import type { Outcome } from '../../core/request.js';
import type { Instrument, OptionContract, SeriesOf } from '../../core/series.js';
import { instrumentContract } from './contract.js';
import type { Definitions } from './definitions.js';
import { failureOf } from './failures.js';
import type { Lines } from './lines.js';
import type { Link } from './link.js';
import type { IbNotice } from './notice.js';
import { unheard } from './question.js';
import type { Answer } from './question.js';
import { ticksQuestion } from './questions.js';
import type { IbSettings, IbTimings } from './settings.js';
import { createTickBook } from './ticks.js';
import type { TickBook } from './ticks.js';
import type { WireContract } from './wire.js';

/** What fetching market data takes. */
export interface QuoteParts {
  readonly link: Link;
  readonly definitions: Definitions;
  readonly lines: Lines;
  readonly clock: Clock;
  readonly settings: IbSettings;
  readonly timings: IbTimings;
  readonly notify: (kind: IbNotice['kind'], message: string) => void;
}

/** Open interest is told only to those who ask. */
const openInterestTick = '101';

/** What an instrument trades at. */
export async function fetchQuote(instrument: Instrument, parts: QuoteParts, signal: AbortSignal): Promise<Outcome> {
  const book = createTickBook();
  const answer = await listen(instrumentContract(instrument), '', book, () => book.isCompleteQuote(), parts, signal);
  if (!answer.ok) return { kind: 'failure', failure: failureOf(answer.error) };
  const quote = book.quote();
  const refused = refusalOfDelayed(quote.delayed, parts);
  if (refused !== null) return { kind: 'failure', failure: refused };
  const { delayed: _, ...prices } = quote;
  if (Object.values(prices).every((value) => value === null)) return { kind: 'empty' };
  return { kind: 'rows', rows: quoteRows(quote), answered: null };
}

/** What became of one option of a snapshot. */
type Snapped =
  | { readonly kind: 'reading'; readonly reading: OptionReading }
  | { readonly kind: 'unlisted'; readonly contract: OptionContract }
  | { readonly kind: 'expired' }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** What options trade at, each on a line of its own. */
export async function fetchSnapshot(
  { instrument, contracts }: SeriesOf<'option_snapshots'>,
  calendar: Calendar,
  parts: QuoteParts,
  signal: AbortSignal,
): Promise<Outcome> {
  const today = calendar.dateAt(parts.clock.now());
  const snapped = await Promise.all(contracts.map((contract) => snap(instrument, contract, today, parts, signal)));
  const readings = snapped.flatMap((one) => (one.kind === 'reading' ? [one.reading] : []));
  const unlisted = snapped.flatMap((one) => (one.kind === 'unlisted' ? [one.contract] : []));
  const failures = snapped.flatMap((one) => (one.kind === 'failure' ? [one.failure] : []));
  // What may pass is worth another try of the whole; what was refused, or stayed silent alone, is left out.
  const passing = failures.find(
    ({ kind, code }) => (kind === 'retryable' && code !== 'no-answer') || kind === 'pacing',
  );
  // Silence of some and not of others is theirs, unless the line went dead in the middle.
  const isSilent = failures.some(({ code }) => code === 'no-answer');
  if (isSilent && passing === undefined && !(await parts.link.isAlive(signal))) {
    const message = 'the gateway fell silent in the middle of a snapshot';
    return { kind: 'failure', failure: { kind: 'retryable', code: 'disconnected', message } };
  }
  const [first] = failures;
  const decisive = passing ?? (readings.length === 0 ? first : undefined);
  if (decisive !== undefined) return { kind: 'failure', failure: decisive };
  if (first !== undefined) {
    const count = `${failures.length} of ${contracts.length} options of ${instrument.symbol}`;
    parts.notify('no-answer', `no market data for ${count}: ${first.message}`);
  }
  if (readings.length === 0) return { kind: 'empty', unlisted };
  return { kind: 'rows', rows: snapshotRows(readings), answered: null, unlisted };
}

async function snap(
  instrument: Instrument,
  contract: OptionContract,
  today: string,
  parts: QuoteParts,
  signal: AbortSignal,
): Promise<Snapped> {
  const ask = async (): Promise<{ answer: Answer<TickBook>; book: TickBook }> => {
    const book = createTickBook();
    const asked = parts.definitions.option(instrument, contract);
    const isComplete = (): boolean => book.isCompleteOption(contract);
    return { answer: await listen(asked, openInterestTick, book, isComplete, parts, signal), book };
  };
  let { answer, book } = await ask();
  if (meaningIn(answer) === 'ambiguous' && (await parts.definitions.tellApart(instrument, contract, signal)))
    ({ answer, book } = await ask());
  if (!answer.ok) {
    const meaning = meaningIn(answer);
    if (meaning === 'expired' || (meaning === 'no-contract' && today > contract.expiry)) return { kind: 'expired' };
    if (meaning === 'no-contract') return { kind: 'unlisted', contract };
    return { kind: 'failure', failure: failureOf(answer.error) };
  }
  const reading = book.option(contract);
  const refused = refusalOfDelayed(reading.delayed, parts);
  return refused === null ? { kind: 'reading', reading } : { kind: 'failure', failure: refused };
}

async function listen(
  contract: WireContract,
  genericTicks: string,
  book: TickBook,
  isComplete: () => boolean,
  { link, lines, clock, timings }: QuoteParts,
  signal: AbortSignal,
): Promise<Answer<TickBook>> {
  const over = new AbortController();
  const patience = { clock, quiet: timings.quiet, atMost: timings.snapshot, over: over.signal };
  const question = ticksQuestion(contract, genericTicks, book, isComplete, patience);
  try {
    const answer = await lines.use(() => link.ask(question, signal), signal);
    return answer ?? unheard('stopped before there was a line for it', 'stopped');
  } finally {
    over.abort();
  }
}

function meaningIn<T>(answer: Answer<T>): string | null {
  return !answer.ok && answer.error.kind === 'gateway' ? answer.error.meaning.kind : null;
}

/** Delayed data that nobody asked for is as good as a refusal. */
function refusalOfDelayed(isDelayed: boolean, { settings }: QuoteParts): Failure | null {
  const isWanted = settings.allowDelayed || settings.dataType === 'delayed' || settings.dataType === 'delayed-frozen';
  if (!isDelayed || isWanted) return null;
  return {
    kind: 'denied',
    code: '10167',
    message: 'no subscription to live market data; delayed data is to be had with allow_delayed',
  };
}
