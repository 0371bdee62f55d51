import type { Duration } from '../../core/time/time.js';
import { humanizeDuration, pluralize } from '../../platform/format.js';
import type { SimulatorCounts } from '../../app/simulate/start-simulator.js';
import { formatCodePoint } from '../../platform/text/escape.js';
import type { ApplyStyle } from '../../platform/style.js';
import type { SimulatorEvent } from '../../simulators/simulator-event.js';

/** Formats an event as one line: time since the start, connection, what happened. */
export function formatSimulatorEvent(event: SimulatorEvent, since: Duration, style: ApplyStyle): string {
  const clock = (Math.max(0, since) / 1000).toFixed(3).padStart(9);
  const connection = event.connection === null ? '' : `#${event.connection}`;
  // Clients choose the texts of their requests.
  const description = describeEvent(event, style).replaceAll('\n', formatCodePoint('\n'));
  return `${style('quiet', `${clock}s  ${connection.padEnd(4)}`)} ${description}`;
}

function describeEvent(event: SimulatorEvent, style: ApplyStyle): string {
  switch (event.kind) {
    case 'connected':
      return style('good', `connected${event.from === '' ? '' : ` from ${event.from}`}`);
    case 'disconnected':
      return style('quiet', 'disconnected');
    case 'request':
      return `${event.request}${event.description === '' ? '' : ` ${event.description}`}`;
    case 'unlisted':
      return style('warn', `no listing of ${event.symbol}: check its spelling, or add it with --symbols`);
    case 'answered':
      return style('quiet', `${event.request} answered${event.rows === 0 ? '' : `, ${pluralize(event.rows, 'row')}`}`);
    case 'rejected':
      return style('warn', `${event.request} rejected: ${event.code} ${event.message}`);
    case 'violation':
      return style('bad', `violated ${event.rule}: ${event.message}`);
    case 'action':
      return style('warn', `scenario: ${event.action}${event.request === null ? '' : ` on ${event.request}`}`);
  }
}

/** Formats the counters of a simulator that has stopped. */
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
