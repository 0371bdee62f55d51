import { estimateDelta } from '../../analytics/chain/estimate-delta.js';
import type { KnownVolatility } from '../../analytics/chain/estimate-delta.js';
import { getDividendYield, getExpiryInstant, getPricingInstant, yearsBetween } from '../../analytics/conventions.js';
import { realizedVolatility } from '../../analytics/history/volatility-ratio.js';
import type { Pipeline, Step } from '../../config/pipeline/pipeline.js';
import { toStrikeRules } from '../../core/option-selection.js';
import type { Instrument, ProviderName } from '../../core/series.js';
import { addDays, toUtcDate } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import type { LakeReader } from '../../lake/api.js';
import type { PlanContext } from '../../plan/plan-context.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import { queryDailyCloses } from '../../queries/daily-values.js';
import { queryChain } from '../../queries/option-chain.js';
import { getCalendarOrExit } from '../get-calendar.js';

/**
 * The volatility without any snapshot and any history of closes: that of an ordinary share. It only decides which
 * strikes the first snapshot takes; the next one uses the volatilities of the first.
 */
const assumedVolatility = 0.3;

/** Calendar days of closes for the realized volatility. */
const realizedDays = 90;

/** What the lake knows of the volatility of one symbol. */
interface SymbolVolatility {
  readonly known: readonly KnownVolatility[];
  readonly otherwise: number;
}

/** Creates the estimator of deltas by which steps choose options; it reads the lake only if a step needs it. */
export async function createDeltaEstimator(
  pipeline: Pipeline,
  reader: LakeReader,
  options: PlanOptions,
  now: Instant,
): Promise<PlanContext['delta']> {
  const { rate } = pipeline.analytics;
  const yearsTo = createYearsTo(now);
  const volatilities = await readVolatilities(pipeline, reader, options, now, yearsTo);
  return (provider, instrument, contract, spot) => {
    const { known, otherwise } = volatilities.get(symbolKey(provider, instrument.symbol)) ?? unknownVolatility;
    const { right, strike } = contract;
    const years = yearsTo(contract.expiry, instrument);
    const dividendYield = getDividendYield(instrument, pipeline.analytics);
    return estimateDelta({ right, strike, years, spot, rate, dividendYield }, known, otherwise);
  };
}

const unknownVolatility: SymbolVolatility = { known: [], otherwise: assumedVolatility };

function symbolKey(provider: ProviderName, symbol: string): string {
  return `${provider} ${symbol}`;
}

type YearsTo = (expiry: LocalDate, instrument: Instrument) => number;

/** Years to an expiry, computed once for each: a chain has thousands of options and few expiries. */
function createYearsTo(now: Instant): YearsTo {
  const known = new Map<string, number>();
  return (expiry, { calendar: name }) => {
    const key = `${name} ${expiry}`;
    let years = known.get(key);
    if (years === undefined) {
      const calendar = getCalendarOrExit(name);
      years = yearsBetween(getPricingInstant(now, calendar), getExpiryInstant(expiry, calendar));
      known.set(key, years);
    }
    return years;
  };
}

async function readVolatilities(
  { steps, symbols }: Pipeline,
  reader: LakeReader,
  options: PlanOptions,
  now: Instant,
  yearsTo: YearsTo,
): Promise<ReadonlyMap<string, SymbolVolatility>> {
  const found = new Map<string, SymbolVolatility>();
  const isWanted = ({ name }: Step): boolean => options.steps === null || options.steps.includes(name);
  const providers = new Set(
    steps.filter((step) => isWanted(step) && choosesByDelta(step)).map(({ provider }) => provider),
  );
  const instruments = symbols
    .map(({ instrument }) => instrument)
    .filter(({ symbol }) => options.symbols === null || options.symbols.includes(symbol));
  for (const provider of providers) {
    const from = addDays(toUtcDate(now), -realizedDays);
    const names = instruments.map(({ symbol }) => symbol);
    const closes = await queryDailyCloses(reader, { provider, symbols: names, from });
    for (const instrument of instruments) {
      const chain = await queryChain(reader, { provider, symbol: instrument.symbol });
      const known = (chain?.options ?? []).flatMap(({ expiry, strike, iv }) =>
        iv === null ? [] : [{ years: yearsTo(expiry, instrument), strike, volatility: iv }],
      );
      const otherwise = realizedVolatility((closes.get(instrument.symbol)?.values ?? []).map(({ value }) => value));
      found.set(symbolKey(provider, instrument.symbol), { known, otherwise: otherwise ?? assumedVolatility });
    }
  }
  return found;
}

function choosesByDelta(step: Step): boolean {
  if (step.uses !== 'options' && step.uses !== 'snapshots') return false;
  const rules = toStrikeRules(step.strikes);
  return rules !== null && rules.delta !== null;
}
