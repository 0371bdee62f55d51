import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { day, minute } from '../../../src/core/time/time.js';
import { getZoneOffset } from '../../../src/core/time/time-zone.js';
import type { DueTimes } from '../../../src/config/pipeline/pipeline.js';
import {
  formatCrontabBlock,
  parseCrontab,
  addCrontabBlock,
  removeCrontabBlocks,
} from '../../../src/scheduler/system/crontab-block.js';
import { computeJobTimes } from '../../../src/scheduler/system/job-times.js';
import type { JobTimes } from '../../../src/scheduler/system/job-times.js';
import { computeJobId, belongsToFile, shellCommand } from '../../../src/scheduler/system/scheduled-job.js';
import type { ScheduledJob } from '../../../src/scheduler/system/scheduled-job.js';
import { entryOfAgent, launchdAgent, startIntervals } from '../../../src/scheduler/system/launchd-agent.js';
import { formatCron, parseCron } from '../../../src/scheduler/system/cron-fields.js';
import type { CronFields } from '../../../src/scheduler/system/cron-fields.js';
import { toCalendarEvents, parseTimer, createSystemdUnits } from '../../../src/scheduler/system/systemd-units.js';
import { findRequirement, titled } from '../../requirements.js';
import { calendar, cron, every, createSchedule, createTestDueTimes } from '../schedules.js';

const specialCharacters = `/a b/100%/it's "$HOME" \\ & <x>`;
const job: ScheduledJob = {
  pipeline: 'Daily 1.0',
  file: `${specialCharacters}/daily.yaml`,
  schedule: '30 18 * * 1-5 (UTC)',
  times: { lines: [parse('30 18 * * 1-5')], timeZone: 'UTC', isSuperset: false },
  jitter: 30_000,
  catchesUp: true,
  folder: '/',
  command: ['/bin/echo', specialCharacters, 'run'],
  environmentFile: null,
};

const installed = { id: computeJobId(job), pipeline: job.pipeline, file: job.file };

function parse(line: string): CronFields {
  const read = parseCron(line);
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
        fc.pre(parseCron(line) !== null);
        const dues = new Set(createTestDueTimes(cron(line)).due(from - 1, from + 4 * day));
        const { minutes, hours, daysOfMonth, months, daysOfWeek } = parse(line);
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
  });

  it('is written as it was meant', () => {
    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6), (...fields) => {
        const read = parseCron(fields.join(' '));
        fc.pre(read !== null);
        expect(parseCron(formatCron(read))).toEqual(read);
      }),
    );
    const written = ['30 18 * * 1-5', '*/20 9-16 1,15 * *', '* * * * *', '0,30 * * 6-8 0,6'];
    expect(written.map((line) => formatCron(parse(line)))).toEqual(written);
  });

  it.each(['0 0 L * *', '0 0 * * 5#2', '0 0 15W * *', '0 0 */2 * 1', '0 0 * *', '61 * * * *', '0 0 * * FOO'])(
    '%s is not for every system',
    (line) => {
      expect(parseCron(line)).toBeNull();
    },
  );
});

describe('a crontab', () => {
  it('gets an entry once, loses it again, and keeps everything else', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('# note', 'A=1', '', '5 * * * * x')), (lines) => {
        const table = lines.map((line) => `${line}\n`).join('');
        const once = addCrontabBlock(table, job);
        expect(once.startsWith(table)).toBe(true);
        expect(addCrontabBlock(once, job)).toBe(once);
        expect(parseCrontab(once)).toEqual([installed]);
        expect(removeCrontabBlocks(once, (id) => id === installed.id)).toBe(table);
        expect(removeCrontabBlocks(once, () => false)).toBe(once);
      }),
    );
  });

  it('has one entry of a file, whatever its pipeline was called before', () => {
    const renamed = { ...job, pipeline: 'nightly' };
    const other = { ...job, file: '/other.yaml' };
    const table = addCrontabBlock(addCrontabBlock('', job), other);
    expect(parseCrontab(addCrontabBlock(table, renamed)).map(({ id }) => id)).toEqual(
      [other, renamed].map((one) => computeJobId(one)),
    );
    expect(belongsToFile(computeJobId(renamed), job.file)).toBe(true);
    expect(belongsToFile(computeJobId(other), job.file)).toBe(false);
  });

  it('is left alone when somebody has cut the entry in two', () => {
    const [begin = ''] = formatCrontabBlock(job).split('\n');
    const table = `${begin}\n0 0 * * * mine\n`;
    expect(removeCrontabBlocks(table, () => true)).toBe(table);
    const whole = addCrontabBlock(table, { ...job, file: '/other.yaml' });
    expect(removeCrontabBlocks(whole, () => true)).toBe(table);
  });

  it('runs a command with any words, percent signs escaped', () => {
    const said = execFileSync('/bin/sh', ['-c', shellCommand(job)], { encoding: 'utf8' });
    expect(said).toBe(`${specialCharacters} run\n`);
    const line = formatCrontabBlock(job).split('\n').at(-3) ?? '';
    expect(line.startsWith('30 18 * * 1-5 cd / && exec /bin/echo ')).toBe(true);
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
    expect(toCalendarEvents(parse(line), 'Asia/Kolkata')).toEqual(events);
  });

  it('gets a service and a timer', () => {
    const [service, timer] = createSystemdUnits({ ...job, environmentFile: '/e%' });
    expect(service?.name).toMatch(/^pipe-daily-1-0-[0-9a-f]{8}\.service$/);
    expect(service?.text).toContain(`ExecStart=/bin/echo "/a b/100%%/it's \\"$$HOME\\" \\\\ & <x>" run\n`);
    expect(service?.text).toContain('EnvironmentFile=/e%%\n');
    expect(timer?.text).toContain('RandomizedDelaySec=30\nFixedRandomDelay=true\nPersistent=true\n');
    expect(parseTimer(timer?.name ?? '', timer?.text ?? '')).toEqual(installed);
    expect(parseTimer('pipe-x-01234567.timer', '[Unit]\n')).toBeNull();
    // A user's own systemd has no such target.
    expect(service?.text).not.toContain('network-online');
  });
});

describe('launchd', () => {
  const python = findRequirement('python');

  it('is told every combination', () => {
    expect(startIntervals(parse('0,30 18 * * 1-2'))).toEqual([
      { Weekday: 1, Hour: 18, Minute: 0 },
      { Weekday: 1, Hour: 18, Minute: 30 },
      { Weekday: 2, Hour: 18, Minute: 0 },
      { Weekday: 2, Hour: 18, Minute: 30 },
    ]);
    expect(startIntervals(parse('5 * * * *'))).toEqual([{ Minute: 5 }]);
  });

  it.skipIf(python.missing)(titled('gets a property list that says so', python), () => {
    const { text } = launchdAgent({ ...job, times: { ...job.times, lines: [parse('30 18 * * 1')] } }, '/tmp/x & y.log');
    const read = 'import plistlib,sys,json; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
    const list: unknown = JSON.parse(execFileSync(python.path, ['-c', read], { input: text, encoding: 'utf8' }));
    expect(list).toMatchObject({
      ProgramArguments: ['/bin/sh', '-c', shellCommand(job)],
      StartCalendarInterval: [{ Weekday: 1, Hour: 18, Minute: 30 }],
      StandardErrorPath: '/tmp/x & y.log',
    });
  });

  it('is known again by its agent, also in folders that no comment of XML could name', () => {
    for (const file of ['/a--b/c---d.yaml', '/-->/x.yaml', job.file]) {
      const { name, text } = launchdAgent({ ...job, file }, '/tmp/x.log');
      expect(text.match(/<!--(?:(?!-->)[^])*?--(?!>)/g)).toBeNull();
      expect(entryOfAgent(name, text)).toEqual({ ...installed, id: computeJobId({ ...job, file }), file });
    }
    expect(entryOfAgent('local.pipe-x-01234567.plist', '<plist/>')).toBeNull();
  });
});

describe('the times of an entry', () => {
  const now = Date.UTC(2026, 10, 20);
  const zones = ['UTC', 'America/New_York', 'America/Chicago', 'Europe/London', 'Asia/Kolkata', 'Australia/Lord_Howe'];

  function computeTimes(times: DueTimes, clocks: string | null): JobTimes {
    const found = computeJobTimes({ schedule: createSchedule(times), calendar, systemTimeZone: clocks, now });
    if (!found.ok) throw new Error(found.error);
    return found.value;
  }

  function starts({ lines, timeZone }: JobTimes, at: number): boolean {
    const shown = new Date(at + getZoneOffset(timeZone, at));
    return lines.some(
      ({ minutes, hours, daysOfWeek }) =>
        minutes.includes(shown.getUTCMinutes()) &&
        hours.includes(shown.getUTCHours()) &&
        (daysOfWeek?.includes(shown.getUTCDay()) ?? true),
    );
  }

  it('are as few as both sides of a change of clocks ask for', () => {
    const nightly = (clocks: string | null): unknown => {
      const { lines, timeZone, isSuperset } = computeTimes(cron('30 18 * * 1-5', 'America/New_York'), clocks);
      return [lines.map(formatCron), timeZone, isSuperset];
    };
    expect(nightly(null)).toEqual([['30 18 * * 1-5'], 'America/New_York', false]);
    expect(nightly('America/Toronto')).toEqual([['30 18 * * 1-5'], 'America/Toronto', false]);
    expect(nightly('UTC')).toEqual([['30 22,23 * * 1-5'], 'UTC', true]);
    expect(nightly('Asia/Kolkata')).toEqual([['0 4,5 * * 2-6'], 'Asia/Kolkata', true]);
    expect(nightly('Europe/London')).toEqual([['30 22,23 * * 1-5'], 'Europe/London', true]);
  });

  it('leave out no due time of a cron line, on any clocks, around changes of clocks too', () => {
    const changes = ['2026-11-01', '2027-03-14', '2027-03-28', '2027-04-04', '2027-10-03', '2027-10-31'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 59 }),
        fc.array(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('*', '1-5', '0', '6,0', '1#2', '5L'),
        fc.constantFrom(...changes),
        (zone, clocks, ofMinute, ofHours, days, change) => {
          const times = cron(`${String(ofMinute)} ${ofHours.join()} * * ${days}`, zone);
          const found = computeTimes(times, clocks);
          const from = Date.parse(change);
          const missed = [...createTestDueTimes(times).due(from - 3 * day, from + 4 * day)].filter(
            (due) => !starts(found, due),
          );
          expect(missed.map((due) => new Date(due).toISOString())).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['XNYS', 'Asia/Kolkata'],
    ['XNYS', null],
    ['XNSE', 'America/New_York'],
    [null, 'Asia/Kolkata'],
  ])('leave out no cycle of %s on clocks of %s', (market, clocks) => {
    for (const minutes of [1, 5, 7, 90]) {
      const times = every(minutes * minute, market);
      const found = computeTimes(times, clocks);
      expect(found.isSuperset).toBe(true);
      for (const due of createTestDueTimes(times).due(now, now + 40 * day))
        if (!starts(found, due)) expect.fail(String(due));
    }
  });

  it('of cycles of a market end when it closes', () => {
    expect(computeTimes(every(30 * minute, 'XNYS'), null).lines.map(formatCron)).toEqual([
      '30 9 * * 1-5',
      '0,30 10-15 * * 1-5',
    ]);
    expect(computeTimes(every(5 * minute), 'Asia/Kolkata').lines.map(formatCron)).toEqual(['*/5 * * * *']);
  });

  it('of cycles between two minutes are none', () => {
    expect(computeJobTimes({ schedule: createSchedule(every(10_000)), calendar, systemTimeZone: null, now }).ok).toBe(
      false,
    );
  });
});
