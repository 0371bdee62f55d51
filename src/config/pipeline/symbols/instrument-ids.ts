import type { InstrumentIds } from '../../../core/series.js';
import { joinList } from '../../../platform/format.js';
import { omitUndefined } from '../../../platform/omit-undefined.js';
import { problem } from '../../yaml/problem.js';
import type { Explanation, ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import type { Location } from '../../../core/diagnostic.js';
import type { SymbolEntry } from '../schema.generated.js';

const settingNames = ['con_id', 'isin', 'figi', 'primary_exchange'] as const;

/** Reads the ids of an entry; null for none. Reports those that cannot be, and several for one instrument. */
export function readInstrumentIds(
  entry: SymbolEntry,
  locate: (name: string) => Location,
  report: ReportDiagnostic,
): InstrumentIds | null {
  const { con_id: conId, isin, figi, primary_exchange: primaryExchange } = entry;
  const given = settingNames.filter((name) => entry[name] !== undefined);
  const [first] = given;
  if (first === undefined) return null;
  if (entry.symbol === undefined) {
    report(
      problem('ids-of-file', locate(first), `\`${first}\` identifies one instrument, and this entry has many symbols`, {
        suggestion: 'write an entry with `symbol` for it',
      }),
    );
    return null;
  }
  const unique = given.filter((name) => name !== 'primary_exchange');
  const [, second] = unique;
  if (second !== undefined) {
    report(
      problem(
        'several-ids',
        locate(second),
        `${joinList(unique.map((name) => `\`${name}\``))} identify one instrument`,
        {
          suggestion: 'keep one of them',
        },
      ),
    );
    return null;
  }
  const wrong = isin === undefined ? null : explainIsin(isin);
  if (wrong !== null) {
    report(problem('bad-isin', locate('isin'), wrong.message, wrong));
    return null;
  }
  return omitUndefined({ conId, isin, figi, primaryExchange });
}

/** Explains why a text of the form of an ISIN is none; null if it is one. */
function explainIsin(isin: string): Explanation | null {
  const digits = Array.from(isin, (character) => String(parseInt(character, 36))).join('');
  const sum = Array.from(digits)
    .toReversed()
    .map((digit, index) => (index % 2 === 1 ? 2 * Number(digit) : Number(digit)))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  if (sum % 10 === 0) return null;
  return {
    message: `${quote(isin)} is not an ISIN: its check digit is wrong`,
    suggestion: 'compare it with its source',
  };
}
