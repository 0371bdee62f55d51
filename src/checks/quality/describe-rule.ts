import type { QualityRule } from '../../core/quality/quality-rule.js';

const refetch = 'refetch their windows with pipe run --force --symbols … --from … --to …';
const quarantine = 'or keep them apart with on_fail: quarantine';

/** The violations of a rule as a noun phrase, and the next step for the user. */
export function describeRule({ kind, column, onFail }: QualityRule): {
  readonly problem: string;
  readonly hint: string;
} {
  const hint =
    onFail === 'quarantine'
      ? 'the next run moves them into quarantine, if it changes their table'
      : `${refetch}, ${quarantine}`;
  switch (kind) {
    case 'range':
      return { problem: `values of ${column ?? ''} outside of the range`, hint };
    case 'jump':
      return { problem: `jumps of ${column ?? ''}`, hint };
    case 'frozen':
      return { problem: `bars whose ${column ?? ''} does not change`, hint };
    case 'missing_bars':
      return { problem: 'sessions with missing bars', hint: refetch };
    case 'intraday_against_daily':
      return { problem: 'sessions whose bars disagree with the daily bar', hint: refetch };
    case 'bid_ask':
      return { problem: 'crossed or wide quotes', hint };
    case 'no_arbitrage':
      return { problem: 'options outside of their bounds', hint };
    case 'monotone_strikes':
      return { problem: 'options that are worth less than a worse one', hint };
    case 'put_call_parity':
      return { problem: 'pairs of options that disagree with the underlying', hint };
    case 'freshness':
      return {
        problem: 'symbols without recent rows',
        hint: 'fetch them with pipe run, or see why they are missing: pipe validate',
      };
    case 'sql':
      return { problem: 'rows that the statement of the rule selects', hint };
  }
}
