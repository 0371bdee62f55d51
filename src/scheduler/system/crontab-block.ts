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

/** The lines of a crontab that run an entry, between marks by which they are found again. */
export function formatCrontabBlock(job: ScheduledJob): string {
  const id = computeJobId(job);
  // An unescaped percent sign ends the command for cron.
  const command = shellCommand(job).replaceAll('%', '\\%');
  const lines = [
    `# ${id}${beginMarker}`,
    ...metadataComments(job).map((comment) => `# ${comment}`),
    ...job.times.lines.map((line) => `${formatCron(line)} ${command}`),
    endMarker(id),
  ];
  return `${lines.join('\n')}\n`;
}

/** A crontab with an entry's lines at its end, and without those of other entries of its file; the rest stays as it is. */
export function addCrontabBlock(crontab: string, job: ScheduledJob): string {
  const rest = removeCrontabBlocks(crontab, (id) => belongsToFile(id, job.file));
  const separator = rest === '' || rest.endsWith('\n') ? '' : '\n';
  return `${rest}${separator}${formatCrontabBlock(job)}`;
}

/** A crontab without the lines of some entries; an entry that somebody has cut in two is left alone. */
export function removeCrontabBlocks(crontab: string, shouldRemove: (id: string) => boolean): string {
  const lines = crontab.split('\n');
  const removed = findBlocks(lines).filter(({ id }) => shouldRemove(id));
  return lines.filter((_, index) => !removed.some(({ from, to }) => from <= index && index <= to)).join('\n');
}

/** The entries in a crontab. */
export function parseCrontab(crontab: string): readonly InstalledJob[] {
  const lines = crontab.split('\n');
  return findBlocks(lines).map(({ id, from, to }) =>
    parseMetadata(
      id,
      lines.slice(from + 1, to).map((line) => line.replace(/^# /, '')),
    ),
  );
}

/** Lines of one entry, both marks included. */
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
