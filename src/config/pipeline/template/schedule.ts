import { parseDuration } from '../../../core/time/duration.js';
import { second } from '../../../core/time/time.js';
import type { TemplateName, TemplateSchedule } from './choices.js';

/** The market whose hours a pipeline follows. */
export type TemplateMarket = 'XNYS' | 'XNSE';

const timeZones: Readonly<Record<TemplateMarket, string>> = { XNYS: 'America/New_York', XNSE: 'Asia/Kolkata' };

/** When the session of a day is complete. */
const evenings: Readonly<Record<TemplateMarket, string>> = { XNYS: '18:30', XNSE: '15:45' };

/** When a template runs, in the form of `parseTemplateSchedule`. */
export function getDefaultSchedule(template: TemplateName, market: TemplateMarket): string {
  if (template === 'snapshots') return '5m';
  return template === 'indices' ? '1m' : evenings[market];
}

/** Parses `5m`, `18:30` or `none`; null for another text. */
export function parseTemplateSchedule(text: string): TemplateSchedule | null {
  if (text === 'none') return { kind: 'none' };
  const time = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (time !== null) return { kind: 'time', hour: Number(time[1]), minute: Number(time[2]) };
  const every = parseDuration(text);
  return every.ok && every.value >= second ? { kind: 'interval', every: text } : null;
}

/** Renders the section `schedule` with its comment. */
export function renderSchedule(schedule: TemplateSchedule, market: TemplateMarket): string {
  switch (schedule.kind) {
    case 'none':
      return `# The pipeline runs on request only. To run it with \`pipe serve\` or cron:
# schedule:
#   cron: ${toCron(evenings[market])}
#   timezone: ${timeZones[market]}`;
    case 'time':
      return `# When \`pipe serve\` or cron runs the pipeline. Without a schedule it runs only on request.
schedule:
  cron: ${String(schedule.minute)} ${String(schedule.hour)} * * 1-5
  timezone: ${timeZones[market]}
  # Or at an interval, instead of both, only during market hours (half-days and holidays are known):
  # every: 5m
  # market_hours: true`;
    case 'interval':
      return `# From the open to the close of every session; half-days and holidays are known. \`pipe serve\` runs it.
schedule:
  every: ${schedule.every}
  market_hours: true
  calendar: ${market}`;
  }
}

function toCron(time: string): string {
  const [hour = '', minute = ''] = time.split(':');
  return `${minute} ${hour} * * 1-5`;
}
