import type { Duration } from '../core/time.js';
import { durationText, plural } from '../core/words.js';
import type { Paint } from '../report/paint.js';
import type { SimulatorEvent } from '../simulators/events.js';

/** One line for people: how long after the start, on which connection, what. */
export function simulatorLine(event: SimulatorEvent, since: Duration, paint: Paint): string {
  const clock = (Math.max(0, since) / 1000).toFixed(3).padStart(9);
  const connection = event.connection === null ? '' : `#${event.connection}`;
  return `${paint('quiet', `${clock}s  ${connection.padEnd(4)}`)} ${wordsOf(event, paint)}`;
}

function wordsOf(event: SimulatorEvent, paint: Paint): string {
  switch (event.kind) {
    case 'connected':
      return paint('good', `connected${event.from === '' ? '' : ` from ${event.from}`}`);
    case 'disconnected':
      return paint('quiet', 'disconnected');
    case 'request':
      return `${event.request}${event.about === '' ? '' : ` ${event.about}`}`;
    case 'answered':
      return paint('quiet', `${event.request} answered${event.rows === 0 ? '' : `, ${plural(event.rows, 'row')}`}`);
    case 'refused':
      return paint('warn', `${event.request} refused: ${event.code} ${event.message}`);
    case 'violation':
      return paint('bad', `broke the rule ${event.rule}: ${event.message}`);
    case 'action':
      return paint('warn', `scenario: ${event.action}${event.request === null ? '' : ` on ${event.request}`}`);
  }
}

/** What a simulator has seen, counted by name. */
export interface SimulatorCounts {
  readonly connections: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<string, number>>;
}

/** The last words: how long it was there, and what it saw. */
export function summaryLine({ connections, requests, violations }: SimulatorCounts, lasted: Duration): string {
  return [
    `stopped after ${durationText(lasted)}: ${plural(connections, 'connection')}`,
    `${plural(sum(requests), 'request')}${inBrackets(requests)}`,
    `${plural(sum(violations), 'violation')}${inBrackets(violations)}`,
  ].join(', ');
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function inBrackets(counts: Readonly<Record<string, number>>): string {
  const most = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  return most.length === 0 ? '' : ` (${most.map(([name, count]) => `${count} ${name}`).join(', ')})`;
}
