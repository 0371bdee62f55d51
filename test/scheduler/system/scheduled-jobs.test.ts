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
import { formatCron, parseCron } from '../../../src/scheduler/system/cron-fields.js';
import type { CronFields } from '../../../src/scheduler/system/cron-fields.js';
import { toCalendarEvents, parseTimer, createSystemdUnits } from '../../../src/scheduler/system/systemd-units.js';
import { findControl, hostileTexts } from '../../fixtures/hostile-texts.js';
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
  if (read === null) throw new Error(`not portable: ${line}`);
  return read;
}

describe('parseCron', () => {
  const field = (min: number, max: number): fc.Arbitrary<string> => {
    const number = fc.integer({ min, max });
    const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    return fc.oneof(
      fc.constant('*'),
      fc.integer({ min: 1, max: 6 }).map((step) => `*/${step}`),
      fc.array(fc.oneof(number.map(String), range), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')),
    );
  };

  it('returns fields that match exactly the due times of the collector', () => {
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

  it('returns the same fields for the expression that formatCron writes', () => {
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
    'returns null for %s, which not every cron supports',
    (line) => {
      expect(parseCron(line)).toBeNull();
    },
  );
});

describe('crontab blocks', () => {
  it('are added once and removed without changing any other line', () => {
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

  it('are replaced when the pipeline of the file was renamed', () => {
    const renamed = { ...job, pipeline: 'nightly' };
    const other = { ...job, file: '/other.yaml' };
    const table = addCrontabBlock(addCrontabBlock('', job), other);
    expect(parseCrontab(addCrontabBlock(table, renamed)).map(({ id }) => id)).toEqual(
      [other, renamed].map((one) => computeJobId(one)),
    );
    expect(belongsToFile(computeJobId(renamed), job.file)).toBe(true);
    expect(belongsToFile(computeJobId(other), job.file)).toBe(false);
  });

  it('are not touched when the end marker is missing', () => {
    const [begin = ''] = formatCrontabBlock(job).split('\n');
    const table = `${begin}\n0 0 * * * mine\n`;
    expect(removeCrontabBlocks(table, () => true)).toBe(table);
    const whole = addCrontabBlock(table, { ...job, file: '/other.yaml' });
    expect(removeCrontabBlocks(whole, () => true)).toBe(table);
  });

  it('run a command with special characters and escape percent signs', () => {
    const output = execFileSync('/bin/sh', ['-c', shellCommand(job)], { encoding: 'utf8' });
    expect(output).toBe(`${specialCharacters} run\n`);
    const line = formatCrontabBlock(job).split('\n').at(-3) ?? '';
    expect(line.startsWith('30 18 * * 1-5 cd / && exec /bin/echo ')).toBe(true);
    expect(line).not.toMatch(/(?<!\\)%/);
  });
});

describe('toCalendarEvents', () => {
  it.each([
    ['30 18 * * 1-5', ['Mon,Tue,Wed,Thu,Fri *-*-* 18:30:00 Asia/Kolkata']],
    ['*/20 * * * *', ['*-*-* *:00,20,40:00 Asia/Kolkata']],
    ['0 0 1 1 *', ['*-01-01 00:00:00 Asia/Kolkata']],
    // Days of the month and of the week together mean either.
    ['0 6 1 * MON', ['*-*-01 06:00:00 Asia/Kolkata', 'Mon *-*-* 06:00:00 Asia/Kolkata']],
    ['0 6 * * 7', ['Sun *-*-* 06:00:00 Asia/Kolkata']],
  ])('converts %s to %j', (line, events) => {
    expect(toCalendarEvents(parse(line), 'Asia/Kolkata')).toEqual(events);
  });
});

describe('createSystemdUnits', () => {
  it('creates a service and a timer that parseTimer recognises', () => {
    const [service, timer] = createSystemdUnits({ ...job, environmentFile: '/e%' });
    expect(service?.name).toMatch(/^pipe-daily-1-0-[0-9a-f]{8}\.service$/);
    expect(service?.text).toContain(`ExecStart=/bin/echo "/a b/100%%/it's \\"$$HOME\\" \\\\ & <x>" run\n`);
    expect(service?.text).toContain('EnvironmentFile=/e%%\n');
    expect(timer?.text).toContain('RandomizedDelaySec=30\nFixedRandomDelay=true\nPersistent=true\n');
    expect(parseTimer(timer?.name ?? '', timer?.text ?? '')).toEqual(installed);
    expect(parseTimer('pipe-x-01234567.timer', '[Unit]\n')).toBeNull();
    // The systemd of a user does not have this target.
    expect(service?.text).not.toContain('network-online');
  });
});

describe('computeJobTimes', () => {
  const now = Date.UTC(2026, 10, 20);
  const zones = ['UTC', 'America/New_York', 'America/Chicago', 'Europe/London', 'Asia/Kolkata', 'Australia/Lord_Howe'];

  function computeTimes(times: DueTimes, systemTimeZone: string | null): JobTimes {
    const found = computeJobTimes({ schedule: createSchedule(times), calendar, systemTimeZone, now });
    if (!found.ok) throw new Error(found.error);
    return found.value;
  }

  function includes({ lines, timeZone }: JobTimes, at: number): boolean {
    const localTime = new Date(at + getZoneOffset(timeZone, at));
    return lines.some(
      ({ minutes, hours, daysOfWeek }) =>
        minutes.includes(localTime.getUTCMinutes()) &&
        hours.includes(localTime.getUTCHours()) &&
        (daysOfWeek?.includes(localTime.getUTCDay()) ?? true),
    );
  }

  it('returns the exact line if both zones agree, else the lines for summer and winter time', () => {
    const computeNightly = (systemTimeZone: string | null): unknown => {
      const { lines, timeZone, isSuperset } = computeTimes(cron('30 18 * * 1-5', 'America/New_York'), systemTimeZone);
      return [lines.map(formatCron), timeZone, isSuperset];
    };
    expect(computeNightly(null)).toEqual([['30 18 * * 1-5'], 'America/New_York', false]);
    expect(computeNightly('America/Toronto')).toEqual([['30 18 * * 1-5'], 'America/Toronto', false]);
    expect(computeNightly('UTC')).toEqual([['30 22,23 * * 1-5'], 'UTC', true]);
    expect(computeNightly('Asia/Kolkata')).toEqual([['0 4,5 * * 2-6'], 'Asia/Kolkata', true]);
    expect(computeNightly('Europe/London')).toEqual([['30 22,23 * * 1-5'], 'Europe/London', true]);
  });

  it('includes every due time of a cron schedule in any system zone, around changes to summer time too', () => {
    const changes = ['2026-11-01', '2027-03-14', '2027-03-28', '2027-04-04', '2027-10-03', '2027-10-31'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 59 }),
        fc.array(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('*', '1-5', '0', '6,0', '1#2', '5L'),
        fc.constantFrom(...changes),
        (zone, systemTimeZone, minuteField, hourField, days, change) => {
          const times = cron(`${String(minuteField)} ${hourField.join()} * * ${days}`, zone);
          const found = computeTimes(times, systemTimeZone);
          const from = Date.parse(change);
          const missed = [...createTestDueTimes(times).due(from - 3 * day, from + 4 * day)].filter(
            (due) => !includes(found, due),
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
  ])('includes every due time of market %s in system zone %s', (market, systemTimeZone) => {
    for (const minutes of [1, 5, 7, 90]) {
      const times = every(minutes * minute, market);
      const found = computeTimes(times, systemTimeZone);
      expect(found.isSuperset).toBe(true);
      for (const due of createTestDueTimes(times).due(now, now + 40 * day))
        if (!includes(found, due)) expect.fail(String(due));
    }
  });

  it('returns times of a market session up to its close', () => {
    expect(computeTimes(every(30 * minute, 'XNYS'), null).lines.map(formatCron)).toEqual([
      '30 9 * * 1-5',
      '0,30 10-15 * * 1-5',
    ]);
    expect(computeTimes(every(5 * minute), 'Asia/Kolkata').lines.map(formatCron)).toEqual(['*/5 * * * *']);
  });

  it('fails for an interval that is not a whole number of minutes', () => {
    expect(computeJobTimes({ schedule: createSchedule(every(10_000)), calendar, systemTimeZone: null, now }).ok).toBe(
      false,
    );
  });
});

it('a pipeline file with hostile characters in its name adds no line to a crontab or a unit', () => {
  fc.assert(
    fc.property(hostileTexts, (text) => {
      const hostile = { ...job, file: `/a${text}.yaml`, schedule: text };
      for (const lines of [formatCrontabBlock(hostile), ...createSystemdUnits(hostile).map((file) => file.text)]) {
        expect(findControl(lines)).toBeNull();
        expect(lines.split('\n').length).toBeLessThan(25);
      }
      expect(formatCrontabBlock(hostile).split('\n')).toHaveLength(7);
    }),
  );
});
