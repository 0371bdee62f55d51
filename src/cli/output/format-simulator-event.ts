import type { Duration } from '../../core/time/time.js';
import { humanizeDuration, pluralize } from '../../platform/format.js';
import type { ApplyStyle } from '../../platform/style.js';
import type { SimulatorEvent } from '../../simulators/simulator-event.js';

/** One line for people: how long after the start, on which connection, what. */
export function formatSimulatorEvent(event: SimulatorEvent, since: Duration, style: ApplyStyle): string {
  const clock = (Math.max(0, since) / 1000).toFixed(3).padStart(9);
  const connection = event.connection === null ? '' : `#${event.connection}`;
  return `${style('quiet', `${clock}s  ${connection.padEnd(4)}`)} ${describeEvent(event, style)}`;
}

function describeEvent(event: SimulatorEvent, style: ApplyStyle): string {
  switch (event.kind) {
    case 'connected':
      return style('good', `connected${event.from === '' ? '' : ` from ${event.from}`}`);
    case 'disconnected':
      return style('quiet', 'disconnected');
    case 'request':
      return `${event.request}${event.description === '' ? '' : ` ${event.description}`}`;
    case 'answered':
      return style('quiet', `${event.request} answered${event.rows === 0 ? '' : `, ${pluralize(event.rows, 'row')}`}`);
    case 'refused':
      return style('warn', `${event.request} refused: ${event.code} ${event.message}`);
    case 'violation':
      return style('bad', `broke the rule ${event.rule}: ${event.message}`);
    case 'action':
      return style('warn', `scenario: ${event.action}${event.request === null ? '' : ` on ${event.request}`}`);
  }
}

/** What a simulator has seen, counted by name. */
export interface SimulatorCounts {
  readonly connections: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<string, number>>;
}

/** The last words: how long it was there, and what it saw. */
export function formatSummary({ connections, requests, violations }: SimulatorCounts, duration: Duration): string {
  return [
    `stopped after ${humanizeDuration(duration)}: ${pluralize(connections, 'connection')}`,
    `${pluralize(sum(requests), 'request')}${formatCounts(requests)}`,
    `${pluralize(sum(violations), 'violation')}${formatCounts(violations)}`,
  ].join(', ');
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function formatCounts(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  return sorted.length === 0 ? '' : ` (${sorted.map(([name, count]) => `${count} ${name}`).join(', ')})`;
}
