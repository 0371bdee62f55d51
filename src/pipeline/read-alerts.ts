import { day, hour, minute } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { nearest } from '../core/nearest.js';
import { durationReader } from '../yaml/duration-reader.js';
import { didYouMean, problem, warning } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { enumerate, quote } from '../yaml/text.js';
import { keyPlaceAt, nodeAt, placeAt } from '../yaml/tree.js';
import { commandOf, readTimeout } from './commands.js';
import type {
  AlertRule as WrittenRule,
  Channel as WrittenChannel,
  EmailChannel as WrittenEmail,
} from './schema.generated.js';
import type { AlertName, AlertRule, AlertSettings, Channel, EmailChannel, UnusableChannel } from './telling.js';
import type { Validated } from './validate.js';

/** Everything that is watched where a pipeline does not choose. */
const watched: readonly AlertName[] = [
  'prerequisite_violation',
  'data_integrity_failure',
  'api_circuit_breaker_open',
  'stale_option_chains',
  'missing_equity_data',
  'task_failed',
  'error_rate',
  'run_failed',
  'run_missed',
];

/** Rules and channels, with what belongs to no rule of its kind refused. */
export function readAlerts(
  validated: Validated,
  leftOut: readonly UnusableChannel[],
  report: Report,
): AlertSettings | null {
  const written = validated.file.alerts;
  if (written === undefined) return null;
  const read = Object.entries(written.channels ?? {}).map(([name, channel]) =>
    readChannel(name, channel, validated, report),
  );
  const channels = [...read, ...leftOut];
  const repeat = durationReader(validated, report)(written.repeat_after ?? '1d', ['alerts', 'repeat_after']) ?? day;
  const context = { names: channels.map(({ name }) => name), repeat, validated, report };
  const rules = (written.rules ?? watched.map((on): WrittenRule => ({ on }))).map((rule, index) =>
    readRule(rule, index, context),
  );
  refuseTwins(rules, validated, report);
  return { rules, channels };
}

interface RuleContext {
  readonly names: readonly string[];
  readonly repeat: Duration;
  readonly validated: Validated;
  readonly report: Report;
}

/** The settings that only some rules know. */
const ownSettings = {
  above: ['error_rate'],
  at_least: ['error_rate'],
  older_than: ['stale_option_chains', 'run_missed'],
};

function readRule(rule: WrittenRule, index: number, { names, repeat, validated, report }: RuleContext): AlertRule {
  const { root } = validated;
  const path = ['alerts', 'rules', index];
  const duration = durationReader(validated, report);
  for (const key of ['above', 'at_least', 'older_than'] as const) {
    if (rule[key] === undefined || ownSettings[key].includes(rule.on)) continue;
    const message = `\`${key}\` is a setting of ${enumerate(ownSettings[key], 'or')}, and this is \`${rule.on}\``;
    report(problem('conflicting-keys', placeAt(root, [...path, key]), message, { suggestion: 'leave it out' }));
  }
  for (const [at, name] of (rule.to ?? []).entries()) {
    // One that was taken out for its mistakes is there all the same.
    if (names.includes(name) || validated.wasDropped(['alerts', 'channels', name])) continue;
    report(
      problem('unknown-channel', placeAt(root, [...path, 'to', at]), `no channel is called ${quote(name)}`, {
        suggestion: didYouMean(nearest(name, names)) ?? 'name one under `channels`',
      }),
    );
  }
  const latest = rule.on === 'run_missed' ? 10 * minute : 24 * hour;
  return {
    on: rule.on,
    severity: rule.severity ?? (rule.on === 'error_rate' ? 'warning' : 'critical'),
    to: rule.to ?? names,
    repeatAfter:
      rule.repeat_after === undefined ? repeat : (duration(rule.repeat_after, [...path, 'repeat_after']) ?? repeat),
    above: (rule.above ?? 5) / 100,
    atLeast: rule.at_least ?? 20,
    olderThan: rule.older_than === undefined ? latest : (duration(rule.older_than, [...path, 'older_than']) ?? latest),
  };
}

/** Two rules about one thing are told apart by how bad it is: an open alert belongs to one of them. */
function refuseTwins(rules: readonly AlertRule[], { root }: Validated, report: Report): void {
  for (const [index, { on, severity }] of rules.entries()) {
    const before = rules.findIndex((rule) => rule.on === on && rule.severity === severity);
    if (before === index) continue;
    const message = `two rules about \`${on}\` have the severity ${severity}`;
    report(
      problem('duplicate-rule', placeAt(root, ['alerts', 'rules', index, 'on']), message, {
        related: [{ message: 'the first one', place: placeAt(root, ['alerts', 'rules', before, 'on']) }],
        suggestion: 'make one rule of them, or give one another `severity`',
      }),
    );
  }
}

function readChannel(name: string, channel: WrittenChannel, validated: Validated, report: Report): Channel {
  const path = ['alerts', 'channels', name];
  switch (channel.kind) {
    case 'webhook': {
      const { url, format = 'slack' } = channel;
      // The address is a secret, so it is not quoted.
      if (!isWebAddress(url)) {
        const place = placeAt(validated.root, [...path, 'url']);
        report(problem('bad-url', place, `the \`url\` of \`${name}\` is not an address of http:// or https://`));
      }
      return { kind: 'webhook', name, url, format };
    }
    case 'email':
      return readEmail(name, channel, validated, report);
    case 'command': {
      const { command, timeout = '30s' } = channel;
      const limit = readTimeout(timeout, [...path, 'timeout'], validated, report);
      return { kind: 'command', name, command: commandOf(command), timeout: limit };
    }
  }
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

const usualPorts = { starttls: 587, tls: 465, none: 25 };

function readEmail(name: string, channel: WrittenEmail, { root }: Validated, report: Report): EmailChannel {
  const { host, security = 'starttls', user, password, from, to } = channel;
  const path = ['alerts', 'channels', name];
  if ((user === undefined) !== (password === undefined)) {
    const key = user === undefined ? 'user' : 'password';
    report(problem('missing-key', placeAt(root, path), `the login of \`${name}\` needs \`${key}\``));
  }
  const secret = nodeAt(root, [...path, 'password']);
  if (secret?.kind === 'scalar' && !secret.interpolated) {
    report(
      // Its own line would be shown with it.
      warning('plain-secret', keyPlaceAt(root, ['alerts']), `the password of \`${name}\` stands in the file`, {
        suggestion: 'take it from the environment: `${SMTP_PASSWORD}`',
      }),
    );
  }
  const login = user === undefined || password === undefined ? null : { user, password };
  return { kind: 'email', name, host, port: channel.port ?? usualPorts[security], security, login, from, to };
}

/** What of the channels nobody may see. */
export function secretsOfChannels(alerts: AlertSettings | null): readonly string[] {
  return (alerts?.channels ?? []).flatMap((channel) => {
    if (channel.kind === 'webhook') return [channel.url];
    if (channel.kind !== 'email' || channel.login === null) return [];
    const { user, password } = channel.login;
    // As one, which is how mail servers are told them.
    return [password, `\u0000${user}\u0000${password}`];
  });
}
