import { day, hour, minute } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import { closestMatch } from '../../../platform/suggest.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { didYouMean, problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { joinList, quote } from '../../yaml/quote.js';
import { findKeyLocation, findNode, findLocation } from '../../yaml/tree.js';
import { toCommand, readCommandTimeout } from '../steps/read-command.js';
import type {
  AlertRule as RawAlertRule,
  Channel as RawChannel,
  EmailChannel as RawEmailChannel,
} from '../schema.generated.js';
import type { AlertName, AlertRule, AlertSettings, Channel, EmailChannel, DisabledChannel } from './notifications.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Everything that is watched where a pipeline does not choose. */
const defaultAlertNames: readonly AlertName[] = [
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
  validated: ValidatedPipeline,
  disabledChannels: readonly DisabledChannel[],
  report: ReportDiagnostic,
): AlertSettings | null {
  const raw = validated.file.alerts;
  if (raw === undefined) return null;
  const configured = Object.entries(raw.channels ?? {}).map(([name, channel]) =>
    readChannel(name, channel, validated, report),
  );
  const channels = [...configured, ...disabledChannels];
  const repeat = createDurationReader(validated, report)(raw.repeat_after ?? '1d', ['alerts', 'repeat_after']) ?? day;
  const context = { names: channels.map(({ name }) => name), repeat, validated, report };
  const rules = (raw.rules ?? defaultAlertNames.map((on): RawAlertRule => ({ on }))).map((rule, index) =>
    readRule(rule, index, context),
  );
  rejectDuplicateRules(rules, validated, report);
  return { rules, channels };
}

interface RuleContext {
  readonly names: readonly string[];
  readonly repeat: Duration;
  readonly validated: ValidatedPipeline;
  readonly report: ReportDiagnostic;
}

/** The settings that only some rules know. */
const ruleSpecificSettings = {
  above: ['error_rate'],
  at_least: ['error_rate'],
  older_than: ['stale_option_chains', 'run_missed'],
};

function readRule(rule: RawAlertRule, index: number, { names, repeat, validated, report }: RuleContext): AlertRule {
  const { root } = validated;
  const path = ['alerts', 'rules', index];
  const duration = createDurationReader(validated, report);
  for (const key of ['above', 'at_least', 'older_than'] as const) {
    if (rule[key] === undefined || ruleSpecificSettings[key].includes(rule.on)) continue;
    const message = `\`${key}\` is a setting of ${joinList(ruleSpecificSettings[key], 'or')}, and this is \`${rule.on}\``;
    report(problem('conflicting-keys', findLocation(root, [...path, key]), message, { suggestion: 'leave it out' }));
  }
  for (const [position, name] of (rule.to ?? []).entries()) {
    // One that was taken out for its mistakes is there all the same.
    if (names.includes(name) || validated.wasDropped(['alerts', 'channels', name])) continue;
    report(
      problem('unknown-channel', findLocation(root, [...path, 'to', position]), `no channel is called ${quote(name)}`, {
        suggestion: didYouMean(closestMatch(name, names)) ?? 'name one under `channels`',
      }),
    );
  }
  const defaultMaxAge = rule.on === 'run_missed' ? 10 * minute : 24 * hour;
  return {
    on: rule.on,
    severity: rule.severity ?? (rule.on === 'error_rate' ? 'warning' : 'critical'),
    channels: rule.to ?? names,
    repeatAfter:
      rule.repeat_after === undefined ? repeat : (duration(rule.repeat_after, [...path, 'repeat_after']) ?? repeat),
    threshold: (rule.above ?? 5) / 100,
    minSamples: rule.at_least ?? 20,
    maxAge:
      rule.older_than === undefined
        ? defaultMaxAge
        : (duration(rule.older_than, [...path, 'older_than']) ?? defaultMaxAge),
  };
}

/** Two rules about one thing are told apart by how bad it is: an open alert belongs to one of them. */
function rejectDuplicateRules(
  rules: readonly AlertRule[],
  { root }: ValidatedPipeline,
  report: ReportDiagnostic,
): void {
  for (const [index, { on, severity }] of rules.entries()) {
    const firstIndex = rules.findIndex((rule) => rule.on === on && rule.severity === severity);
    if (firstIndex === index) continue;
    const message = `two rules about \`${on}\` have the severity ${severity}`;
    report(
      problem('duplicate-rule', findLocation(root, ['alerts', 'rules', index, 'on']), message, {
        related: [{ message: 'the first one', location: findLocation(root, ['alerts', 'rules', firstIndex, 'on']) }],
        suggestion: 'make one rule of them, or give one another `severity`',
      }),
    );
  }
}

function readChannel(
  name: string,
  channel: RawChannel,
  validated: ValidatedPipeline,
  report: ReportDiagnostic,
): Channel {
  const path = ['alerts', 'channels', name];
  switch (channel.kind) {
    case 'webhook': {
      const { url, format = 'slack' } = channel;
      // The address is a secret, so it is not quoted.
      if (!isHttpUrl(url)) {
        const location = findLocation(validated.root, [...path, 'url']);
        report(problem('bad-url', location, `the \`url\` of \`${name}\` is not an address of http:// or https://`));
      }
      return { kind: 'webhook', name, url, format };
    }
    case 'email':
      return readEmail(name, channel, validated, report);
    case 'command': {
      const { command, timeout = '30s' } = channel;
      const limit = readCommandTimeout(timeout, [...path, 'timeout'], validated, report);
      return { kind: 'command', name, command: toCommand(command), timeout: limit };
    }
  }
}

function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

const defaultPorts = { starttls: 587, tls: 465, none: 25 };

function readEmail(
  name: string,
  channel: RawEmailChannel,
  { root }: ValidatedPipeline,
  report: ReportDiagnostic,
): EmailChannel {
  const { host, security = 'starttls', user, password, from, to } = channel;
  const path = ['alerts', 'channels', name];
  if ((user === undefined) !== (password === undefined)) {
    const key = user === undefined ? 'user' : 'password';
    report(problem('missing-key', findLocation(root, path), `the login of \`${name}\` needs \`${key}\``));
  }
  const secret = findNode(root, [...path, 'password']);
  if (secret?.kind === 'scalar' && !secret.isInterpolated) {
    report(
      // Its own line would be shown with it.
      warning('plain-secret', findKeyLocation(root, ['alerts']), `the password of \`${name}\` stands in the file`, {
        suggestion: 'take it from the environment: `${SMTP_PASSWORD}`',
      }),
    );
  }
  const login = user === undefined || password === undefined ? null : { user, password };
  return { kind: 'email', name, host, port: channel.port ?? defaultPorts[security], security, login, from, to };
}

/** What of the channels nobody may see. */
export function listChannelSecrets(alerts: AlertSettings | null): readonly string[] {
  return (alerts?.channels ?? []).flatMap((channel) => {
    if (channel.kind === 'webhook') return [channel.url];
    if (channel.kind !== 'email' || channel.login === null) return [];
    const { user, password } = channel.login;
    // As one, which is how mail servers are told them.
    return [password, `\u0000${user}\u0000${password}`];
  });
}
