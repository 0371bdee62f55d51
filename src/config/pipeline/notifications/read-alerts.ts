import { day, hour, minute } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import { closestMatch } from '../../../platform/suggest.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { didYouMean, problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { quote } from '../../yaml/quote.js';
import { findKeyLocation, findNode, findLocation } from '../../yaml/tree.js';
import { toCommand, readCommandTimeout } from '../steps/read-command.js';
import type {
  AlertRule as RawAlertRule,
  Channel as RawChannel,
  EmailChannel as RawEmailChannel,
} from '../schema.generated.js';
import type { AlertName, AlertRule, AlertSettings, Channel, EmailChannel, DisabledChannel } from './notifications.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Alerts of a pipeline without `rules`. */
const defaultAlertNames: readonly AlertName[] = [
  'prerequisite_violation',
  'data_integrity_failure',
  'api_circuit_breaker_open',
  'stale_option_chains',
  'missing_equity_data',
  'corporate_action',
  'data_revised',
  'task_failed',
  'error_rate',
  'run_failed',
  'run_missed',
  'sink_failed',
  'quality_violation',
  'run_at_risk',
];

/** Alerts that are warnings by default: nothing is lost. */
const warningNames: ReadonlySet<AlertName> = new Set([
  'error_rate',
  'corporate_action',
  'data_revised',
  'quality_violation',
]);

/** Reads rules and channels. Reports settings that a rule does not support. */
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

/** Settings that only some rules support. */
const ruleSpecificSettings = {
  threshold: ['error_rate'],
  min_samples: ['error_rate'],
  max_age: ['stale_option_chains', 'run_missed'],
};

function readRule(rule: RawAlertRule, index: number, { names, repeat, validated, report }: RuleContext): AlertRule {
  const { root } = validated;
  const path = ['alerts', 'rules', index];
  const duration = createDurationReader(validated, report);
  for (const key of ['threshold', 'min_samples', 'max_age'] as const) {
    if (rule[key] === undefined || ruleSpecificSettings[key].includes(rule.on)) continue;
    const message = `\`${key}\` is a setting of ${joinList(ruleSpecificSettings[key], 'and')}, not of \`${rule.on}\``;
    report(
      problem('conflicting-keys', findLocation(root, [...path, key]), message, { suggestion: `remove \`${key}\`` }),
    );
  }
  for (const [position, name] of (rule.channels ?? []).entries()) {
    // A channel that was dropped as invalid is not unknown.
    if (names.includes(name) || validated.wasDropped(['alerts', 'channels', name])) continue;
    report(
      problem(
        'unknown-channel',
        findLocation(root, [...path, 'channels', position]),
        `there is no channel ${quote(name)}`,
        {
          suggestion: didYouMean(closestMatch(name, names)) ?? 'add it under `channels`',
        },
      ),
    );
  }
  const defaultMaxAge = rule.on === 'run_missed' ? 10 * minute : 24 * hour;
  return {
    on: rule.on,
    severity: rule.severity ?? (warningNames.has(rule.on) ? 'warning' : 'critical'),
    channels: rule.channels ?? names,
    repeatAfter:
      rule.repeat_after === undefined ? repeat : (duration(rule.repeat_after, [...path, 'repeat_after']) ?? repeat),
    threshold: (rule.threshold ?? 5) / 100,
    minSamples: rule.min_samples ?? 20,
    maxAge:
      rule.max_age === undefined ? defaultMaxAge : (duration(rule.max_age, [...path, 'max_age']) ?? defaultMaxAge),
  };
}

/** Reports rules with the same alert and severity: an open alert belongs to exactly one rule. */
function rejectDuplicateRules(
  rules: readonly AlertRule[],
  { root }: ValidatedPipeline,
  report: ReportDiagnostic,
): void {
  for (const [index, { on, severity }] of rules.entries()) {
    const firstIndex = rules.findIndex((rule) => rule.on === on && rule.severity === severity);
    if (firstIndex === index) continue;
    const message = `duplicate rule for \`${on}\` with severity ${severity}`;
    report(
      problem('duplicate-rule', findLocation(root, ['alerts', 'rules', index, 'on']), message, {
        related: [{ message: 'the first one', location: findLocation(root, ['alerts', 'rules', firstIndex, 'on']) }],
        suggestion: 'merge the rules, or change the `severity` of one',
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
      // The URL is a secret, so the message does not quote it.
      if (!isHttpUrl(url)) {
        const location = findLocation(validated.root, [...path, 'url']);
        report(problem('bad-url', location, `the \`url\` of \`${name}\` is not an http:// or https:// URL`));
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
      // The excerpt of the password's own line would show it.
      warning('plain-secret', findKeyLocation(root, ['alerts']), `the password of \`${name}\` is written in the file`, {
        suggestion: 'use an environment variable: `${SMTP_PASSWORD}`',
      }),
    );
  }
  const login = user === undefined || password === undefined ? null : { user, password };
  return { kind: 'email', name, host, port: channel.port ?? defaultPorts[security], security, login, from, to };
}

/** Lists the texts of channels that must be redacted. */
export function listChannelSecrets(alerts: AlertSettings | null): readonly string[] {
  return (alerts?.channels ?? []).flatMap((channel) => {
    if (channel.kind === 'webhook') return [channel.url];
    if (channel.kind !== 'email' || channel.login === null) return [];
    const { user, password } = channel.login;
    // SMTP sends both as one text.
    return [password, `\u0000${user}\u0000${password}`];
  });
}
