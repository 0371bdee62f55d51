import type { Maintenance } from '../../app/maintenance/maintain.js';
import { formatBytes, pluralize } from '../../platform/format.js';
import { formatTable } from '../../platform/table.js';
import type { Console } from '../cli-context.js';

export function formatMaintenance({ tables, records }: Maintenance, { style }: Pick<Console, 'style'>): string {
  const { compressed, savedBytes, removed, removedBytes } = records;
  const recordLines = [
    ...(compressed === 0
      ? []
      : [`${pluralize(compressed, 'run record')} compressed, ${formatBytes(savedBytes)} saved`]),
    ...(removed === 0 ? [] : [`${pluralize(removed, 'run record')} removed, ${formatBytes(removedBytes)}`]),
  ];
  if (tables.length === 0 && recordLines.length === 0) return 'Nothing to merge or remove.\n';
  const recordText = recordLines.map((line) => `  ${line}\n`).join('');
  if (tables.length === 0) return recordText;
  const dim = (text: string) => ({ text, style: (cell: string) => style('quiet', cell) });
  const rows = tables.map(({ dataset, filesBefore, filesAfter, filesRemoved, bytesRemoved }) => [
    { text: `  ${dataset}` },
    { text: filesBefore === 0 ? '-' : `${pluralize(filesBefore, 'file')} into ${String(filesAfter)}` },
    { text: filesRemoved === 0 ? '-' : `${pluralize(filesRemoved, 'file')}, ${formatBytes(bytesRemoved)}` },
  ]);
  return `${formatTable([['  table', 'merged', 'removed'].map(dim), ...rows], ['left', 'left', 'left'], 2).join('\n')}\n${recordText}`;
}
