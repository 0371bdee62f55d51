import type { AnswerGap, FetchOutcome } from '../../core/request.js';
import { joinBars } from '../../core/tables/select-bars.js';
import type { BarRows } from '../../core/tables/select-bars.js';
import { mergeOutsideBars } from '../../core/tables/trading-hours.js';
import type { OutsideBars } from '../../core/tables/trading-hours.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { intersect, isEmpty, normalize, subtract } from '../../core/time/window.js';
import type { Window, Windows } from '../../core/time/window.js';

/** The answer to one call for bars. */
export type BarsAnswer =
  | {
      readonly kind: 'rows';
      readonly rows: BarRows;
      readonly answered: Window;
      /** Trading time at the ends of the requested window, outside of `answered`, that the response leaves out. */
      readonly omitted: Windows;
      readonly gaps: readonly AnswerGap[];
      /** Bars at times without trading; absent for none. */
      readonly outside?: OutsideBars;
    }
  /** The gateway ended the response without any bar and without the report that there is none. */
  | { readonly kind: 'bare-end'; readonly outcome: FetchOutcome }
  | Exclude<FetchOutcome, { kind: 'rows' }>;

type RowsAnswer = Extract<BarsAnswer, { kind: 'rows' }>;

/** The calls for the rest of one response; what is still missing after them is left to the next run. */
const maxFurtherCalls = 4;

/** Converts an answer without requesting what it omits. */
export function toOutcome(answer: BarsAnswer): FetchOutcome {
  if (answer.kind === 'bare-end') return answer.outcome;
  if (answer.kind !== 'rows') return answer;
  const { rows, answered, gaps, outside } = answer;
  const found = omitUndefined({ gaps: gaps.length === 0 ? undefined : gaps, outside });
  return { kind: 'rows', rows, answeredWindow: answered, ...found };
}

/**
 * Requests each part that an answer omits, as far as the request is to close it. A part for which the gateway reports no data is
 * answered; bars are added, and what their answer omits is requested in turn. A part without an answer stays open: its failure
 * does not cost the bars that are here, and a bare end may be the rest of a truncated response. `fetchPart` returns null if
 * nothing more may be sent.
 */
export async function completeAnswer(
  first: RowsAnswer,
  closes: Windows,
  fetchPart: (part: Window) => Promise<BarsAnswer | null>,
): Promise<FetchOutcome> {
  const answers: RowsAnswer[] = [first];
  const answered: Window[] = [first.answered];
  const pending: Window[] = [...first.omitted];
  for (let calls = 0, part = pending.shift(); part !== undefined && calls < maxFurtherCalls; part = pending.shift()) {
    if (intersect(closes, [part]).length === 0) continue;
    calls++;
    const answer = await fetchPart(part);
    if (answer === null) break;
    if (answer.kind === 'empty') answered.push(part);
    if (answer.kind !== 'rows') continue;
    answers.push(answer);
    answered.push(answer.answered);
    pending.push(...answer.omitted);
  }
  return joinAnswers(first, answers, answered);
}

function joinAnswers(first: RowsAnswer, answers: readonly RowsAnswer[], answered: readonly Window[]): FetchOutcome {
  const known = normalize(answered);
  const whole = {
    start: known[0]?.start ?? first.answered.start,
    end: known.at(-1)?.end ?? first.answered.end,
  };
  const holes = subtract([whole], known).map((window) => ({ window, reason: 'the response was truncated' }));
  const parts = answers.map(({ rows }) => rows).filter(({ length }) => length > 0);
  return toOutcome({
    ...first,
    rows: joinBars(parts.toSorted((a, b) => (a.columns.ts[0] ?? 0) - (b.columns.ts[0] ?? 0))) ?? first.rows,
    ...omitUndefined({ outside: mergeOutsideBars(answers.map(({ outside }) => outside)) }),
    answered: isEmpty(whole) ? first.answered : whole,
    gaps: [...answers.flatMap(({ gaps }) => gaps), ...holes].sort((a, b) => a.window.start - b.window.start),
  });
}
