import { formatJson, joinLines } from '../../platform/text/escape.js';
import { addFolderOptions } from '../../app/folder-options.js';
import type { FolderContext } from '../../app/folder-options.js';
import type { CheckedLake } from '../../app/check/check-lake.js';
import type { LakeCheckResult } from '../../checks/check-lake.js';
import type { LogRepair } from '../../lake/recovery/repair-logs.js';
import { describeRebuild } from '../../lake/recovery/rebuild-table.js';
import { isOk } from '../../checks/finding.js';
import type { CheckFinding, ExampleRow } from '../../checks/finding.js';
import { formatBytes, formatCount, pluralize } from '../../platform/format.js';
import { formatTable } from '../../platform/table.js';
import type { Console } from '../cli-context.js';

/** The result as scripts read it. Keys are added freely and never renamed. */
export function toCheckDocument({ result, quarantined, repairs }: CheckedLake): Readonly<Record<string, unknown>> {
  const { findings, notChecked, files, rules } = result;
  return {
    ok: isOk(result),
    findings: findings.map(({ examples, ...finding }) => ({ ...finding, example: examples[0] ?? null, examples })),
    files,
    rules,
    notChecked,
    ...(quarantined === null ? {} : { quarantined: quarantined.map(({ dataset, path }) => ({ dataset, path })) }),
    ...(quarantined === null ? {} : { repairs }),
  };
}

export function formatCheck(
  { result, quarantined, repairs }: CheckedLake,
  ctx: Pick<Console, 'style'> & FolderContext,
): string {
  const { findings, notChecked, files, rules } = result;
  const { style } = ctx;
  const summary = `${pluralize(files.checked, 'file')} (${formatBytes(files.bytes)}) read, ${pluralize(rules, 'rule')} applied`;
  const lines: string[] = [];
  if (findings.length > 0) lines.push(...formatFindings(findings, ctx), '');
  if (notChecked.length > 0) lines.push(formatNotChecked(notChecked), '');
  if (quarantined !== null && quarantined.length > 0) {
    lines.push(
      `${pluralize(quarantined.length, 'file')} quarantined as *.damaged; ${addFolderOptions('pipe run and pipe run --missing refetch their data', ctx)}`,
      '',
    );
  }
  if (repairs.length > 0) lines.push(...repairs.map(formatRepair), '');
  lines.push(`${isOk(result) ? style('good', 'ok') : style('bad', 'failed')}  ${style('quiet', summary)}`);
  return joinLines(lines);
}

function formatRepair({ dataset, restored, checkpoints, rebuilt, isRecomputed = false }: LogRepair): string {
  const parts = [
    ...(restored.length === 0 ? [] : [`${pluralize(restored.length, 'commit')} restored as written`]),
    ...(checkpoints === 0 ? [] : [`${pluralize(checkpoints, 'checkpoint')} written again`]),
    ...(rebuilt === null ? [] : [describeRebuild(rebuilt)]),
    ...(isRecomputed ? ['quarantined; the next run computes the table anew'] : []),
  ];
  return `  ${dataset}: log repaired (${parts.join('; ')})`;
}

function formatFindings(findings: readonly CheckFinding[], { style }: Pick<Console, 'style'>): readonly string[] {
  const dim = (text: string) => ({ text, style: (cell: string) => style('quiet', cell) });
  const rows = findings.map(({ rule, severity, dataset, problem, count }) => [
    { text: `  ${severity}`, style: (cell: string) => style(severity === 'error' ? 'bad' : 'warn', cell) },
    { text: dataset },
    { text: rule },
    { text: formatCount(count) },
    { text: problem },
  ]);
  const [head = '', ...summaries] = formatTable(
    [['  severity', 'table', 'rule', 'count', 'problem'].map(dim), ...rows],
    ['left', 'left', 'left', 'right', 'left'],
    2,
  );
  return [
    head,
    ...findings.flatMap(({ count, examples, hint }, index) => [
      summaries[index] ?? '',
      ...examples.map((example) => style('quiet', `      ${formatExample(example)}`)),
      ...(count > examples.length ? [style('quiet', `      and ${formatCount(count - examples.length)} more`)] : []),
      `      ${style('link', hint)}`,
    ]),
  ];
}

/** `symbol=AAPL provider=mock bar_size="1 day" …` */
export function formatExample(example: ExampleRow): string {
  return Object.entries(example)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(' ');
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value !== 'string') return formatJson(value);
  return /^[!-~]+$/.test(value) && !value.includes('"') ? value : formatJson(value);
}

function formatNotChecked(notChecked: LakeCheckResult['notChecked']): string {
  const tables = [...new Set(notChecked.map(({ damagedDataset }) => damagedDataset))].join(', ');
  return `  ${pluralize(notChecked.length, 'rule')} not checked until the data of damaged files of ${tables} is refetched`;
}
