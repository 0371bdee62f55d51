import type { ImportStep } from '../../config/pipeline/pipeline.js';
import type { ExaminedFile, ExaminedFiles, ImportReason } from '../../imports/examine-files.js';
import { formatBytes, formatCount, pluralize } from '../../platform/format.js';
import type { PlannedCustomStep } from '../plan.js';
import type { TaskId } from '../task-graph.js';

/** Plans a step that imports files, from what its files are and what was imported. */
export function planImport(id: TaskId, step: ImportStep, examined: ExaminedFiles): PlannedCustomStep {
  const pending = examined.files.filter(({ reason }) => reason !== 'imported');
  const base = { id, step: step.name, uses: 'import', dataset: step.dataset } as const;
  const files = pending.map(({ file, reason }) => ({
    path: file.path,
    bytes: file.bytes,
    reason: describeReason(reason),
  }));
  const [outside] = examined.outside;
  if (outside !== undefined)
    return {
      ...base,
      files,
      status: 'blocked',
      reason: `${outside} is a link to outside of the project; see --allow-outside`,
    };
  const missing = examined.unmatched.find((path) => !/[*?]/.test(path));
  if (missing !== undefined) return { ...base, files, status: 'blocked', reason: `there is no file ${missing}` };
  if (pending.length > 0) return { ...base, files, status: 'ready', reason: describePending(pending, examined) };
  const rejected = examined.files.reduce((sum, { record }) => sum + (record?.rejectedRows ?? 0), 0);
  return {
    ...base,
    files,
    status: 'up-to-date',
    reason: describeIdle(examined, rejected),
    ...(rejected === 0 || step.acceptsRejected ? {} : { hasRejected: true }),
  };
}

function describePending(pending: readonly ExaminedFile[], { files }: ExaminedFiles): string {
  const counts = new Map<string, number>();
  for (const { reason } of pending) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const bytes = pending.reduce((sum, { file }) => sum + file.bytes, 0);
  const known = files.length - pending.length;
  return `${parts.join(', ')} (${pluralize(pending.length, 'file')}, ${formatBytes(bytes)})${known === 0 ? '' : `; ${formatCount(known)} imported`}`;
}

function describeIdle({ files, unmatched }: ExaminedFiles, rejected: number): string {
  if (files.length === 0) return `no file matches ${unmatched.join(', ')}`;
  const suffix = rejected === 0 ? '' : `; ${pluralize(rejected, 'line')} rejected`;
  return `${pluralize(files.length, 'file')} imported${suffix}`;
}

function describeReason(reason: ImportReason): string {
  switch (reason) {
    case 'new':
      return 'new';
    case 'changed':
      return 'its content has changed';
    case 'settings':
      return 'the settings of the step have changed, or it is forced';
    case 'symbols':
      return 'the pipeline has new symbols';
    case 'lost':
      return 'rows that it brought are lost';
    case 'imported':
      return 'imported';
  }
}
