import {
  computeJobId,
  jobIdPattern,
  belongsToFile,
  parseMetadata,
  metadataComments,
  shellCommand,
} from './scheduled-job.js';
import type { ScheduledJob, InstalledJob } from './scheduled-job.js';
import { formatCron } from './cron-fields.js';

/** Formats the crontab lines of a job between two markers, by which they are found again. */
export function formatCrontabBlock(job: ScheduledJob): string {
  const id = computeJobId(job);
  // In a crontab, an unescaped percent sign ends the command.
  const command = shellCommand(job).replaceAll('%', '\\%');
  const lines = [
    `# ${id}${beginMarker}`,
    ...metadataComments(job).map((comment) => `# ${comment}`),
    ...job.times.lines.map((line) => `${formatCron(line)} ${command}`),
    endMarker(id),
  ];
  return `${lines.join('\n')}\n`;
}

/** Appends the lines of a job and removes those of other jobs of its file; all other lines are unchanged. */
export function addCrontabBlock(crontab: string, job: ScheduledJob): string {
  const rest = removeCrontabBlocks(crontab, (id) => belongsToFile(id, job.file));
  const separator = rest === '' || rest.endsWith('\n') ? '' : '\n';
  return `${rest}${separator}${formatCrontabBlock(job)}`;
}

/** Removes the lines of the jobs that match; a block without its end marker is not touched. */
export function removeCrontabBlocks(crontab: string, shouldRemove: (id: string) => boolean): string {
  const lines = crontab.split('\n');
  const removed = findBlocks(lines).filter(({ id }) => shouldRemove(id));
  return lines.filter((_, index) => !removed.some(({ from, to }) => from <= index && index <= to)).join('\n');
}

/** Reads the jobs in a crontab. */
export function parseCrontab(crontab: string): readonly InstalledJob[] {
  const lines = crontab.split('\n');
  return findBlocks(lines).map(({ id, from, to }) =>
    parseMetadata(
      id,
      lines.slice(from + 1, to).map((line) => line.replace(/^# /, '')),
    ),
  );
}

/** The line numbers of one job, both markers included. */
interface CrontabBlock {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

const beginMarker = ' begin: written by pipe schedule install';
const beginLine = new RegExp(`^# (${jobIdPattern})${beginMarker}$`);

function findBlocks(lines: readonly string[]): readonly CrontabBlock[] {
  const found: CrontabBlock[] = [];
  let open: Omit<CrontabBlock, 'to'> | null = null;
  for (const [index, line] of lines.entries()) {
    const id = beginLine.exec(line)?.[1];
    if (id !== undefined) open = { id, from: index };
    else if (open !== null && line === endMarker(open.id)) {
      found.push({ ...open, to: index });
      open = null;
    }
  }
  return found;
}

function endMarker(id: string): string {
  return `# ${id} end`;
}
