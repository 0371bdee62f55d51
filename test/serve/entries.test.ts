import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { day, minute } from '../../src/core/time.js';
import { cronLines, withCronLines, withoutCronLines } from '../../src/serve/entries/cron-entry.js';
import { shellCommand } from '../../src/serve/entries/entry.js';
import type { Entry } from '../../src/serve/entries/entry.js';
import { launchdAgent, startIntervals } from '../../src/serve/entries/launchd-entry.js';
import { readPlainCron } from '../../src/serve/entries/plain-cron.js';
import type { PlainCron } from '../../src/serve/entries/plain-cron.js';
import { calendarEvents, systemdUnits } from '../../src/serve/entries/systemd-entry.js';
import { requires } from '../requirements.js';
import { cron, scheduleOf, timetable } from './schedules.js';

const nasty = `/a b/100%/it's "$HOME" \\ & <x>`;
const entry: Entry = {
  pipeline: 'Daily 1.0',
  file: `${nasty}/daily.yaml`,
  schedule: scheduleOf(cron('30 18 * * 1-5'), { jitter: 30_000 }),
  folder: '/',
  command: ['/bin/echo', nasty, 'run'],
  environmentFile: null,
};

function plain(line: string): PlainCron {
  const read = readPlainCron(line);
  if (read === null) throw new Error(`not plain: ${line}`);
  return read;
}

describe('a cron line', () => {
  const field = (least: number, most: number): fc.Arbitrary<string> => {
    const number = fc.integer({ min: least, max: most });
    const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    return fc.oneof(
      fc.constant('*'),
      fc.integer({ min: 1, max: 6 }).map((step) => `*/${step}`),
      fc.array(fc.oneof(number.map(String), range), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')),
    );
  };

  it('is read as the collector reads it', () => {
    const from = Date.UTC(2026, 1, 26);
    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6), (...fields) => {
        const line = fields.join(' ');
        fc.pre(readPlainCron(line) !== null);
        const dues = new Set(timetable(cron(line)).due(from - 1, from + 4 * day));
        const { minutes, hours, daysOfMonth, months, daysOfWeek } = plain(line);
        for (let at = from; at <= from + 4 * day; at += minute) {
          const date = new Date(at);
          const dayOfMonth = daysOfMonth?.includes(date.getUTCDate()) ?? null;
          const dayOfWeek = daysOfWeek?.includes(date.getUTCDay()) ?? null;
          const onDay =
            dayOfMonth === null || dayOfWeek === null ? (dayOfMonth ?? dayOfWeek ?? true) : dayOfMonth || dayOfWeek;
          const isDue =
            minutes.includes(date.getUTCMinutes()) &&
            hours.includes(date.getUTCHours()) &&
            (months?.includes(date.getUTCMonth() + 1) ?? true) &&
            onDay;
          expect([line, date.toISOString(), dues.has(at)]).toEqual([line, date.toISOString(), isDue]);
        }
      }),
      { numRuns: 12 },
    );
  }, 30_000);

  it.each(['0 0 L * *', '0 0 * * 5#2', '0 0 15W * *', '0 0 */2 * 1', '0 0 * *', '61 * * * *', '0 0 * * FOO'])(
    '%s is not for every system',
    (line) => {
      expect(readPlainCron(line)).toBeNull();
    },
  );
});

describe('a crontab', () => {
  it('gets an entry once, loses it again, and keeps everything else', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('# note', 'A=1', '', '5 * * * * x')), (lines) => {
        const table = lines.map((line) => `${line}\n`).join('');
        const once = withCronLines(table, entry, '30 18 * * 1-5');
        expect(once.startsWith(table)).toBe(true);
        expect(withCronLines(once, entry, '30 18 * * 1-5')).toBe(once);
        expect(withoutCronLines(once, entry)).toBe(table);
      }),
    );
  });

  it('is left alone when somebody has cut the entry in two', () => {
    const [begin = ''] = cronLines(entry, '@daily').split('\n');
    const table = `${begin}\n0 0 * * * mine\n`;
    expect(withoutCronLines(table, entry)).toBe(table);
  });

  it('runs a command with any words, percent signs escaped', () => {
    const said = execFileSync('/bin/sh', ['-c', shellCommand(entry)], { encoding: 'utf8' });
    expect(said).toBe(`${nasty} run\n`);
    const [, line = ''] = cronLines(entry, '@daily').split('\n');
    expect(line.startsWith('0 0 * * * cd / && exec /bin/echo ')).toBe(true);
    expect(line).not.toMatch(/(?<!\\)%/);
  });
});

describe('systemd', () => {
  it.each([
    ['30 18 * * 1-5', ['Mon,Tue,Wed,Thu,Fri *-*-* 18:30:00 Asia/Kolkata']],
    ['*/20 * * * *', ['*-*-* *:00,20,40:00 Asia/Kolkata']],
    ['0 0 1 1 *', ['*-01-01 00:00:00 Asia/Kolkata']],
    // Days of the month and of the week mean either.
    ['0 6 1 * MON', ['*-*-01 06:00:00 Asia/Kolkata', 'Mon *-*-* 06:00:00 Asia/Kolkata']],
    ['0 6 * * 7', ['Sun *-*-* 06:00:00 Asia/Kolkata']],
  ])('is told %s', (line, events) => {
    expect(calendarEvents(plain(line), 'Asia/Kolkata')).toEqual(events);
  });

  it('gets a service and a timer', () => {
    const [service, timer] = systemdUnits({ ...entry, environmentFile: '/e%' }, plain('30 18 * * 1-5'), 'UTC');
    expect(service?.name).toMatch(/^pipe-daily-1-0-[0-9a-f]{8}\.service$/);
    expect(service?.text).toContain(`ExecStart=/bin/echo "/a b/100%%/it's \\"$$HOME\\" \\\\ & <x>" run\n`);
    expect(service?.text).toContain('EnvironmentFile=/e%%\n');
    expect(timer?.text).toContain('RandomizedDelaySec=30\nFixedRandomDelay=true\nPersistent=true\n');
  });
});

describe('launchd', () => {
  const python = requires('python');

  it('is told every combination', () => {
    expect(startIntervals(plain('0,30 18 * * 1-2'))).toEqual([
      { Weekday: 1, Hour: 18, Minute: 0 },
      { Weekday: 1, Hour: 18, Minute: 30 },
      { Weekday: 2, Hour: 18, Minute: 0 },
      { Weekday: 2, Hour: 18, Minute: 30 },
    ]);
    expect(startIntervals(plain('5 * * * *'))).toEqual([{ Minute: 5 }]);
  });

  it.skipIf(python.missing)('gets a property list that says so', () => {
    const { text } = launchdAgent(entry, plain('30 18 * * 1'), '/tmp/x & y.log');
    const read = 'import plistlib,sys,json; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
    const list: unknown = JSON.parse(execFileSync(python.path, ['-c', read], { input: text, encoding: 'utf8' }));
    expect(list).toMatchObject({
      ProgramArguments: ['/bin/sh', '-c', shellCommand(entry)],
      StartCalendarInterval: [{ Weekday: 1, Hour: 18, Minute: 30 }],
      StandardErrorPath: '/tmp/x & y.log',
    });
  });
});
