import type { QuarantinedRows } from '../../lake/quarantine/read-quarantine.js';
import type { ReleaseResult } from '../../lake/quarantine/release-rows.js';
import { formatCount, pluralize } from '../../platform/format.js';
import { formatTable } from '../../platform/table.js';
import { joinLines } from '../../platform/text/escape.js';
import type { Console } from '../cli-context.js';
import { formatExample } from './format-check.js';

export function formatQuarantine(entries: readonly QuarantinedRows[], { style }: Pick<Console, 'style'>): string {
  if (entries.length === 0) return 'nothing is in quarantine';
  const dim = (text: string) => ({ text, style: (cell: string) => style('quiet', cell) });
  const rows = entries.map(({ id, dataset, rule, rows: count, symbols, at }) => [
    { text: id },
    { text: dataset },
    { text: rule },
    { text: formatCount(count) },
    { text: describeSymbols(symbols) },
    { text: at },
  ]);
  const [head = '', ...summaries] = formatTable(
    [['id', 'table', 'rule', 'rows', 'symbols', 'since'].map(dim), ...rows],
    ['left', 'left', 'left', 'right', 'left', 'left'],
    2,
  );
  return joinLines([
    head,
    ...entries.flatMap(({ examples, rows: count }, index) => [
      summaries[index] ?? '',
      ...examples.map((example) => style('quiet', `    ${formatExample(example)}`)),
      ...(count > examples.length ? [style('quiet', `    and ${formatCount(count - examples.length)} more`)] : []),
    ]),
    style('link', 'put rows back with pipe check --release <id>'),
  ]);
}

const maxSymbols = 5;

function describeSymbols(symbols: readonly string[]): string {
  const more = symbols.length - maxSymbols;
  return `${symbols.slice(0, maxSymbols).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

export function formatRelease(results: readonly ReleaseResult[], { style }: Pick<Console, 'style'>): string {
  return joinLines(
    results.map(({ id, dataset, rows, superseded }) => {
      const newer =
        superseded === 0 ? '' : `; ${pluralize(superseded, 'row')} not, because newer ones are in their place`;
      return `${style(rows > 0 ? 'good' : 'warn', id)}  ${pluralize(rows, 'row')} back in ${dataset}${newer}`;
    }),
  );
}
