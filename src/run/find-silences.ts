import { minute } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import type { Window } from '../core/time/window.js';

/** Shorter silences are ordinary in most series: auctions, halts, a quiet lunch hour. */
export const minSilence = 30 * minute;

/** Silences at least this fraction of a silence are like it. */
const similarFraction = 1 / 3;

/** A series with bars in this share of its trading time, long silences aside, does not fall silent by itself. */
const denseShare = 0.9;

/** A series with bars in this share of its trading time trades steadily: shorter silences are unusual too. */
const steadyShare = 0.98;

/** The least silence of a steady series: a halt of five minutes leaves four whole minutes without a bar. */
const minSteadySilence = 5 * minute;

/** And at least so many bars: one that is missing by itself is no fault. */
const minSteadyBars = 3;

/** With bars in less than this share of its time, a series is silent for longer than half an hour every other day. */
const fewShare = 0.1;

/** Fewer bars do not show how dense a series is, */
const minDenseBars = 60;

/** unless they fill half of the time and at least this many bars are short, as those of one session. */
const minSteadyBarsOfHalf = 36;

/** A longer bar shows one trade in all of its time, which is no sign of trades all the time. */
const maxShortBar = 5 * minute;

/**
 * A short silence of a series that is dense and not steady is unusual if fewer are expected in the time of the answer, for bars
 * that are missing independently of each other; half of its bars count, because they are not quite independent.
 */
const rareCount = 0.001;

/** A single bar that is missing is not like a silence of a steady series. */
const minSimilarBars = 2;

/**
 * Finds the spans of trading time in which a series of short bars is unusually silent: for more than half an hour, although
 * it trades throughout, or has hardly any other silence of this kind. `spans` are trading hours that an answer covers, in
 * order; long ones without any bar are left out, because they are missing as a whole. In a steady series, silences from five minutes
 * on are unusual if hardly any other is like them. An option is judged only if it is steady: most are silent for hours.
 */
export function findSilences(
  times: Float64Array,
  barLength: Duration,
  spans: readonly Window[],
  series: 'symbol' | 'option' = 'symbol',
): readonly Window[] {
  const silences: Window[] = [];
  let bars = 0;
  let tradingTime = 0;
  let tradedSpans = 0;
  let row = 0;
  for (const { start, end } of spans) {
    while (row < times.length && (times[row] ?? Infinity) < start) row++;
    let silentSince: Instant = start;
    let spanBars = 0;
    const found: Window[] = [];
    for (; row < times.length && (times[row] ?? Infinity) < end; row++) {
      const at = times[row] ?? end;
      if (at > silentSince) found.push({ start: silentSince, end: at });
      silentSince = Math.max(silentSince, at + barLength);
      spanBars++;
    }
    if (spanBars === 0 && end - start > minSilence) continue;
    if (end > silentSince) found.push({ start: silentSince, end });
    silences.push(...found);
    bars += spanBars;
    tradingTime += end - start;
    if (spanBars > 0) tradedSpans++;
  }
  const isLong = (silence: Window): boolean => lengthOf(silence) > minSilence && lengthOf(silence) >= barLength;
  const isShort = (silence: Window): boolean =>
    lengthOf(silence) >= Math.max(minSteadySilence, minSteadyBars * barLength) && !isLong(silence);
  const long = silences.filter(isLong);
  const short = silences.filter(isShort);
  if (long.length + short.length === 0) return [];
  const hasShare = (share: number, without: readonly Window[]): boolean => {
    return bars * barLength >= share * (tradingTime - sumLengths(without));
  };
  const isHalf = barLength <= maxShortBar && bars >= minSteadyBarsOfHalf && bars * barLength * 2 >= tradingTime;
  // An hour without its bar is no interruption of a series of bars of an hour: it lacks one bar.
  const isInterruption = (silence: Window): boolean => lengthOf(silence) >= minSteadyBars * barLength;
  const isSteady =
    (bars >= minDenseBars || isHalf) && hasShare(steadyShare, [...long, ...short].filter(isInterruption));
  if (series === 'option' && !isSteady) return [];
  const isDense = isSteady || (bars >= minDenseBars && hasShare(denseShare, long));
  // Of few trades at random, the longest silence is often much longer than all but one.
  const isFew = bars < minDenseBars && bars * barLength < fewShare * tradingTime;
  const tolerated = isFew ? 0 : Math.max(1, Math.floor(tradedSpans / 10));
  const createComparison = (known: readonly Window[], minSimilar: Duration): ((silence: Window) => boolean) => {
    const lengths = known.map(lengthOf).sort((a, b) => a - b);
    return (silence) => {
      const similar = lowerBound(lengths, Math.max(lengthOf(silence) * similarFraction, minSimilar));
      return lengths.length - similar - 1 <= tolerated;
    };
  };
  const isUnlikeOthers = createComparison(silences, 0);
  if (!isDense) return long.filter(isUnlikeOthers);
  if (!isSteady) {
    const share = (bars * barLength) / (tradingTime - sumLengths([...long, ...short]));
    const isRare = (silence: Window): boolean =>
      (tradingTime / barLength) * (1 - share) ** (lengthOf(silence) / barLength / 2) < rareCount;
    const rare = short.filter((silence) => isRare(silence));
    return [...long, ...rare.filter(isUnlikeOthers)].sort((a, b) => a.start - b.start);
  }
  // The long silences of a steady series are unusual themselves, and make no shorter one ordinary.
  const ordinary = silences.filter((silence) => !isLong(silence));
  const isUnusual = (silence: Window): boolean =>
    isInterruption(silence) || (series === 'symbol' && (bars >= minDenseBars || isUnlikeOthers(silence)));
  const unusual = [...long.filter(isUnusual), ...short.filter(createComparison(ordinary, minSimilarBars * barLength))];
  return unusual.sort((a, b) => a.start - b.start);
}

function sumLengths(silences: readonly Window[]): Duration {
  return silences.reduce((sum, silence) => sum + lengthOf(silence), 0);
}

function lengthOf({ start, end }: Window): Duration {
  return end - start;
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
