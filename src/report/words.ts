import { plural, countText, durationText } from '../core/words.js';
import type { Bounded, BreakerReport, RunReport, TaskCounts } from './report.js';
import type { Tone } from './paint.js';

/** The run in one word or two, and how that feels. */
export function statusWords(report: RunReport): { readonly words: string; readonly tone: Tone } {
  switch (report.status) {
    case 'ok':
      return { words: report.requests === 0 ? 'nothing to fetch' : 'complete', tone: 'good' };
    case 'partial':
      return { words: 'incomplete', tone: 'warn' };
    case 'failed':
      return { words: 'failed', tone: 'bad' };
    case 'interrupted':
      return { words: 'interrupted', tone: 'warn' };
    case 'unfinished':
      return { words: 'unfinished', tone: 'warn' };
  }
}

/** What it came to, such as `409 requests, 38,210 rows in 2m 14s`. */
export function outcomeWords(report: RunReport): string {
  if (report.status === 'ok' && report.requests === 0) return 'the lake holds everything that the pipeline asks for';
  return `${plural(report.requests, 'request')}, ${plural(report.rows, 'row')} in ${durationText(report.took)}`;
}

const countWords: readonly { readonly status: keyof TaskCounts; readonly word: string; readonly tone: Tone }[] = [
  { status: 'ok', word: 'done', tone: 'good' },
  { status: 'satisfied', word: 'up to date', tone: 'quiet' },
  { status: 'partial', word: 'in part', tone: 'warn' },
  { status: 'failed', word: 'failed', tone: 'bad' },
  { status: 'interrupted', word: 'interrupted', tone: 'warn' },
  { status: 'skipped', word: 'skipped', tone: 'warn' },
  { status: 'open', word: 'open', tone: 'warn' },
];

/** `once`, `37 times`. */
export function timesWords(count: number): string {
  return count === 1 ? 'once' : plural(count, 'time');
}

/** How often sources were left alone, and which symbols were, source by source. */
export function breakerWords(breakers: readonly BreakerReport[]): readonly string[] {
  const lines: string[] = [];
  const symbols = new Map<string, string[]>();
  for (const { provider, symbol, opened, state } of breakers) {
    if (symbol !== null) symbols.set(provider, [...(symbols.get(provider) ?? []), symbol]);
    else if (opened > 0) lines.push(`${provider} ${timesWords(opened)} after failures in a row; now ${state}`);
    else lines.push(`${provider} since an earlier run; now ${state}`);
  }
  for (const [provider, all] of symbols) {
    const list = listWords({ first: all, more: 0 }, 5);
    lines.push(`${plural(all.length, 'symbol')} of ${provider} that kept failing: ${list}`);
  }
  return lines;
}

/** How many tasks ended in which way, in words, leaving out what did not occur. */
export function taskWords(counts: TaskCounts): readonly { readonly text: string; readonly tone: Tone }[] {
  return countWords
    .filter(({ status }) => counts[status] > 0)
    .map(({ status, word, tone }) => ({ text: `${countText(counts[status])} ${word}`, tone }));
}

/** `AAPL, MSFT, NVDA and 97 more`. */
export function listWords(list: Bounded<string>, show: number): string {
  const shown = list.first.slice(0, show);
  const hidden = list.first.length - shown.length + list.more;
  return hidden === 0 ? shown.join(', ') : `${shown.join(', ')} and ${countText(hidden)} more`;
}

/** The first figures of a hash: enough to tell two versions of a pipeline apart. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}
