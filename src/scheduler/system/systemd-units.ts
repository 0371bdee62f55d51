import { second } from '../../core/time/time.js';
import { computeJobId, jobIdPattern, parseMetadata, metadataComments } from './scheduled-job.js';
import type { ScheduledJob, InstalledJob } from './scheduled-job.js';
import type { CronFields } from './cron-fields.js';

/** A file of a job; `name` is relative to the folder that the system reads. */
export interface JobFile {
  readonly name: string;
  readonly text: string;
}

const marker = '# Written by pipe schedule install.';

/** Creates the service and the timer of a job. The systemd of a user has no `network-online.target` to wait for. */
export function createSystemdUnits(job: ScheduledJob): readonly JobFile[] {
  const id = computeJobId(job);
  const { pipeline, folder, command, environmentFile, times, jitter, catchesUp } = job;
  const head = [marker, ...metadataComments(job).map((comment) => `# ${comment}`)];
  const environment = environmentFile === null ? [] : [`EnvironmentFile=${escapeSpecifiers(environmentFile)}`];
  const service = [
    ...head,
    '[Unit]',
    `Description=Market data of ${escapeSpecifiers(pipeline)}`,
    '',
    '[Service]',
    'Type=oneshot',
    `WorkingDirectory=${escapeSpecifiers(folder)}`,
    ...environment,
    `ExecStart=${command.map(systemdQuote).join(' ')}`,
  ];
  const delay =
    jitter === 0 ? [] : [`RandomizedDelaySec=${String(Math.ceil(jitter / second))}`, 'FixedRandomDelay=true'];
  const timer = [
    ...head,
    '[Unit]',
    `Description=Schedule of market data of ${escapeSpecifiers(pipeline)}`,
    '',
    '[Timer]',
    ...times.lines.flatMap((line) => toCalendarEvents(line, times.timeZone)).map((event) => `OnCalendar=${event}`),
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

/** Reads the job of a timer; null for a timer that pipe did not write. */
export function parseTimer(name: string, text: string): InstalledJob | null {
  const id = timerName.exec(name)?.[1];
  const [first, ...lines] = text.split('\n');
  if (id === undefined || first !== marker) return null;
  return parseMetadata(
    id,
    lines.filter((line) => line.startsWith('# ')).map((line) => line.slice(2)),
  );
}

const timerName = new RegExp(`^(${jobIdPattern})\\.timer$`);

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Converts due times to systemd's notation: two events if days of the month and of the week are named, as cron means either. */
export function toCalendarEvents(cron: CronFields, timeZone: string): readonly string[] {
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

/** In a unit, a percent sign begins a specifier. */
function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

function systemdQuote(word: string): string {
  const escaped = escapeSpecifiers(word).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_@+=:,./$%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
