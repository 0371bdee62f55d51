import type { RunId } from '../core/request.js';
import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { countText, durationText, plural } from '../core/words.js';
import type { AlertName, Severity } from '../pipeline/telling.js';

/** Why something is told. */
export type NoticeKind = 'raised' | 'still open' | 'recovered' | 'test';

/** One message to people: what a rule has found, all its subjects together. */
export interface Notice {
  readonly kind: NoticeKind;
  /** Null for a test of a channel. */
  readonly on: AlertName | null;
  readonly severity: Severity;
  readonly pipeline: string;
  /** The run in which it was found, if it was in one. */
  readonly run: RunId | null;
  readonly at: Instant;
  readonly alerts: readonly {
    readonly subject: string;
    readonly words: string;
    readonly since: Instant;
    readonly until: Instant | null;
  }[];
}

/** What each rule is about, in words. */
const headings: Readonly<Record<AlertName, string>> = {
  prerequisite_violation: 'prerequisites are not there',
  data_integrity_failure: 'stored data is damaged',
  api_circuit_breaker_open: 'a source keeps failing and is left alone',
  stale_option_chains: 'option chains are too old',
  missing_equity_data: 'bars of equities are missing',
  task_failed: 'tasks have failed',
  error_rate: 'too many requests fail',
  run_failed: 'a run has failed',
  run_missed: 'a run did not take place',
};

export function headingOf({ on, kind, severity, pipeline }: Notice): string {
  if (on === null) return `pipe: ${pipeline}: a test, nothing is wrong`;
  const state = kind === 'recovered' ? 'recovered' : kind === 'still open' ? `still ${severity}` : severity;
  return `pipe: ${pipeline}: ${state}: ${headings[on]}`;
}

/** More would be a list to scroll through, not a message to read. */
const mostListed = 10;

/** What the message says below its heading: a line for each of the first subjects. */
export function linesOf({ alerts, kind, at, run }: Notice): readonly string[] {
  const lines = alerts.slice(0, mostListed).map(({ subject, words, since, until }) => {
    const lasted = durationText(Math.max(0, (until ?? at) - since));
    if (kind === 'recovered') return `${subject}: well again after ${lasted}`;
    return `${subject}: ${words}${kind === 'still open' ? ` (for ${lasted})` : ''}`;
  });
  const more = alerts.length - lines.length;
  return [
    ...lines,
    ...(more > 0 ? [`and ${countText(more)} more`] : []),
    ...(run === null ? [] : [`run ${run}, ${isoInstant(at)}`]),
  ];
}

/** The message as a document for programs. */
export function noticeDocument(notice: Notice): Readonly<Record<string, unknown>> {
  const { kind, on, severity, pipeline, run, at, alerts } = notice;
  return {
    rule: on,
    kind,
    severity,
    pipeline,
    run,
    at: isoInstant(at),
    summary: `${headingOf(notice)} (${plural(alerts.length, 'subject')})`,
    alerts: alerts.map(({ subject, words, since, until }) => ({
      subject,
      message: words,
      since: isoInstant(since),
      until: until === null ? null : isoInstant(until),
    })),
  };
}

/** What `pipe alerts test` sends. */
export function testNotice(pipeline: string, at: Instant): Notice {
  const alerts = [{ subject: pipeline, words: 'this channel works', since: at, until: null }];
  return { kind: 'test', on: null, severity: 'info', pipeline, run: null, at, alerts };
}
