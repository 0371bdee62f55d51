import { entryId, shellCommand } from './entry.js';
import type { Entry } from './entry.js';
import { spelledOut } from './plain-cron.js';

/** The lines of a crontab that run an entry, between marks by which they are found again. */
export function cronLines(entry: Entry, line: string): string {
  const id = entryId(entry);
  // An unescaped percent sign ends the command for cron.
  const command = shellCommand(entry).replaceAll('%', '\\%');
  return `${beginMark(id)}\n${spelledOut(line)} ${command}\n${endMark(id)}\n`;
}

/** A crontab with an entry's lines in their place, once; everything else in it stays as it is. */
export function withCronLines(crontab: string, entry: Entry, line: string): string {
  const rest = withoutCronLines(crontab, entry);
  const separator = rest === '' || rest.endsWith('\n') ? '' : '\n';
  return `${rest}${separator}${cronLines(entry, line)}`;
}

/** A crontab without an entry's lines. */
export function withoutCronLines(crontab: string, entry: Pick<Entry, 'pipeline' | 'file'>): string {
  const id = entryId(entry);
  const kept: string[] = [];
  let inside = false;
  for (const line of crontab.split('\n')) {
    if (line === beginMark(id)) inside = true;
    else if (line === endMark(id) && inside) inside = false;
    else if (!inside) kept.push(line);
  }
  return inside ? crontab : kept.join('\n');
}

function beginMark(id: string): string {
  return `# ${id} begin: written by pipe schedule install`;
}

function endMark(id: string): string {
  return `# ${id} end`;
}
