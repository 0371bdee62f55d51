import { second } from '../../core/time.js';
import { entryId, entryIdPattern, readRemarks, remarksOf } from './entry.js';
import type { Entry, InstalledEntry } from './entry.js';
import type { PlainCron } from './plain-cron.js';

/** A file to be written, by its name in the folder where the system looks for it. */
export interface EntryFile {
  readonly name: string;
  readonly text: string;
}

const mark = '# Written by pipe schedule install.';

/** The service and the timer that run an entry, for a user's own systemd, which knows no `network-online.target`. */
export function systemdUnits(entry: Entry): readonly EntryFile[] {
  const id = entryId(entry);
  const { pipeline, folder, command, environmentFile, times, jitter, catchesUp } = entry;
  const head = [mark, ...remarksOf(entry).map((remark) => `# ${remark}`)];
  const environment = environmentFile === null ? [] : [`EnvironmentFile=${specifier(environmentFile)}`];
  const service = [
    ...head,
    '[Unit]',
    `Description=Market data of ${specifier(pipeline)}`,
    '',
    '[Service]',
    'Type=oneshot',
    `WorkingDirectory=${specifier(folder)}`,
    ...environment,
    `ExecStart=${command.map(systemdWord).join(' ')}`,
  ];
  const delay =
    jitter === 0 ? [] : [`RandomizedDelaySec=${String(Math.ceil(jitter / second))}`, 'FixedRandomDelay=true'];
  const timer = [
    ...head,
    '[Unit]',
    `Description=When market data of ${specifier(pipeline)} is due`,
    '',
    '[Timer]',
    ...times.lines.flatMap((line) => calendarEvents(line, times.timeZone)).map((event) => `OnCalendar=${event}`),
    'AccuracySec=1s',
    ...delay,
    `Persistent=${String(catchesUp)}`,
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
  return [
    { name: `${id}.service`, text: `${service.join('\n')}\n` },
    { name: `${id}.timer`, text: `${timer.join('\n')}\n` },
  ];
}

/** The entry that a timer belongs to; null for a timer that we have not written. */
export function entryOfTimer(name: string, text: string): InstalledEntry | null {
  const id = timerName.exec(name)?.[1];
  const [first, ...lines] = text.split('\n');
  if (id === undefined || first !== mark) return null;
  return readRemarks(
    id,
    lines.filter((line) => line.startsWith('# ')).map((line) => line.slice(2)),
  );
}

const timerName = new RegExp(`^(${entryIdPattern})\\.timer$`);

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The due times as systemd writes them; a line that names days of the month and of the week means either, so two. */
export function calendarEvents(cron: PlainCron, timeZone: string): readonly string[] {
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = cron;
  const list = (values: readonly number[] | null): string =>
    values === null ? '*' : values.map((value) => String(value).padStart(2, '0')).join(',');
  const full = (values: readonly number[], count: number): readonly number[] | null =>
    values.length === count ? null : values;
  const time = `${list(full(hours, 24))}:${list(full(minutes, 60))}:00 ${timeZone}`;
  const weekly = daysOfWeek === null ? '' : `${daysOfWeek.map((day) => dayNames[day] ?? '').join(',')} `;
  const month = list(months);
  if (daysOfMonth !== null && daysOfWeek !== null) {
    return [`*-${month}-${list(daysOfMonth)} ${time}`, `${weekly}*-${month}-* ${time}`];
  }
  return [`${weekly}*-${month}-${list(daysOfMonth)} ${time}`];
}

/** A percent sign begins a specifier in a unit. */
function specifier(text: string): string {
  return text.replaceAll('%', '%%');
}

function systemdWord(word: string): string {
  const escaped = specifier(word).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_@+=:,./$%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
