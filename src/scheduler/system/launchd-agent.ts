import { computeJobId, jobIdPattern, parseMetadata, metadataComments, shellCommand } from './scheduled-job.js';
import type { ScheduledJob, InstalledJob } from './scheduled-job.js';
import type { CronFields } from './cron-fields.js';
import type { JobFile } from './systemd-units.js';

const mark = '<!-- Written by pipe schedule install. -->';

/** What launchd calls an entry. */
export function launchdLabel(id: string): string {
  return `local.${id}`;
}

/** The property list of an agent that runs an entry. launchd itself makes up for a time that passed in sleep. */
export function launchdAgent(entry: ScheduledJob, logFile: string): JobFile {
  const label = launchdLabel(computeJobId(entry));
  const intervals = entry.times.lines.flatMap(startIntervals).map(
    (interval) =>
      `    <dict>\n${Object.entries(interval)
        .map(([key, value]) => `      <key>${key}</key>\n      <integer>${String(value)}</integer>\n`)
        .join('')}    </dict>\n`,
  );
  const text = (value: string): string => `<string>${escaped(value)}</string>`;
  return {
    name: `${label}.plist`,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
${mark}
${metadataComments(entry).map(comment).join('\n')}
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(label)}
  <key>ProgramArguments</key>
  <array>
    <string>/bin/sh</string>
    <string>-c</string>
    ${text(shellCommand(entry))}
  </array>
  <key>StartCalendarInterval</key>
  <array>
${intervals.join('')}  </array>
  <key>StandardErrorPath</key>
  ${text(logFile)}
</dict>
</plist>
`,
  };
}

/** The entry that an agent belongs to; null for an agent that we have not written. */
export function entryOfAgent(name: string, text: string): InstalledJob | null {
  const id = agentName.exec(name)?.[1];
  if (id === undefined || !text.includes(`\n${mark}\n`)) return null;
  return parseMetadata(
    id,
    text.split('\n').map((line) => line.replace(commentLine, (_, words: string) => words.replaceAll('-\u2060', '-'))),
  );
}

const agentName = new RegExp(`^local\\.(${jobIdPattern})\\.plist$`);
const commentLine = /^<!-- (.*) -->$/;

/** A comment of XML holds no two hyphens in a row: a joiner without width, which no path has, goes between. */
function comment(words: string): string {
  return `<!-- ${words.replace(/-(?=-)/g, '-\u2060')} -->`;
}

/** Every combination of the fields that are not free: launchd knows neither lists nor ranges. */
export function startIntervals(cron: CronFields): readonly Readonly<Record<string, number>>[] {
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = cron;
  const days: readonly Readonly<Record<string, number>>[] = [
    ...(daysOfMonth ?? []).map((Day) => ({ Day })),
    ...(daysOfWeek ?? []).map((Weekday) => ({ Weekday })),
  ];
  const times = product(
    hours.length === 24 ? [{}] : hours.map((Hour) => ({ Hour })),
    minutes.length === 60 ? [{}] : minutes.map((Minute) => ({ Minute })),
  );
  return product(
    product(months === null ? [{}] : months.map((Month) => ({ Month })), days.length === 0 ? [{}] : days),
    times,
  );
}

type Interval = Readonly<Record<string, number>>;

function product(left: readonly Interval[], right: readonly Interval[]): readonly Interval[] {
  return left.flatMap((one) => right.map((other) => ({ ...one, ...other })));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
