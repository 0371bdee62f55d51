import { entryId, entryIdPattern, isOfFile, readRemarks, remarksOf, shellCommand } from './entry.js';
import type { Entry, InstalledEntry } from './entry.js';
import { cronText } from './plain-cron.js';

/** The lines of a crontab that run an entry, between marks by which they are found again. */
export function cronLines(entry: Entry): string {
  const id = entryId(entry);
  // An unescaped percent sign ends the command for cron.
  const command = shellCommand(entry).replaceAll('%', '\\%');
  const lines = [
    `# ${id}${beginMark}`,
    ...remarksOf(entry).map((remark) => `# ${remark}`),
    ...entry.times.lines.map((line) => `${cronText(line)} ${command}`),
    endMark(id),
  ];
  return `${lines.join('\n')}\n`;
}

/** A crontab with an entry's lines at its end, and without those of other entries of its file; the rest stays as it is. */
export function withCronLines(crontab: string, entry: Entry): string {
  const rest = withoutCronLines(crontab, (id) => isOfFile(id, entry.file));
  const separator = rest === '' || rest.endsWith('\n') ? '' : '\n';
  return `${rest}${separator}${cronLines(entry)}`;
}

/** A crontab without the lines of some entries; an entry that somebody has cut in two is left alone. */
export function withoutCronLines(crontab: string, isMeant: (id: string) => boolean): string {
  const lines = crontab.split('\n');
  const gone = blocksIn(lines).filter(({ id }) => isMeant(id));
  return lines.filter((_, at) => !gone.some(({ from, to }) => from <= at && at <= to)).join('\n');
}

/** The entries in a crontab. */
export function entriesInCrontab(crontab: string): readonly InstalledEntry[] {
  const lines = crontab.split('\n');
  return blocksIn(lines).map(({ id, from, to }) =>
    readRemarks(
      id,
      lines.slice(from + 1, to).map((line) => line.replace(/^# /, '')),
    ),
  );
}

/** Lines of one entry, both marks included. */
interface Block {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

const beginMark = ' begin: written by pipe schedule install';
const beginLine = new RegExp(`^# (${entryIdPattern})${beginMark}$`);

function blocksIn(lines: readonly string[]): readonly Block[] {
  const found: Block[] = [];
  let open: Omit<Block, 'to'> | null = null;
  for (const [at, line] of lines.entries()) {
    const id = beginLine.exec(line)?.[1];
    if (id !== undefined) open = { id, from: at };
    else if (open !== null && line === endMark(open.id)) {
      found.push({ ...open, to: at });
      open = null;
    }
  }
  return found;
}

function endMark(id: string): string {
  return `# ${id} end`;
}
