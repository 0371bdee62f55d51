import type { Foresight } from '../../app/status/read-risks.js';
import { formatInstant } from '../../core/time/time.js';
import { formatTime } from '../../core/time/zoned-time.js';
import { joinLines, escapeLine } from '../../platform/text/escape.js';
import type { ApplyStyle } from '../../platform/style.js';

export function toForesightDocument({ nextRun, risks, losses, ...rest }: Foresight): Readonly<Record<string, unknown>> {
  const format = (at: number | null): string | null => (at === null ? null : formatInstant(at));
  return {
    ...rest,
    atRisk: risks.length > 0,
    nextRun: format(nextRun),
    risks: risks.map(({ until, ...risk }) => ({ ...risk, until: format(until) })),
    losses: losses.map(({ until, ...loss }) => ({ ...loss, until: format(until) })),
  };
}

export function formatForesight({ pipeline, nextRun, risks, losses }: Foresight, style: ApplyStyle): string {
  const when = nextRun === null ? 'the next run (no schedule)' : `the run of ${formatTime(nextRun)}`;
  const head =
    risks.length === 0
      ? `${style('good', 'ok')}  ${pipeline}: nothing known keeps ${when} from succeeding`
      : `${style('bad', 'at risk')}  ${pipeline}: ${when}`;
  return joinLines([
    head,
    ...risks.flatMap(({ subject, message, hint, until }) => [
      `  ${style('bad', escapeLine(subject))}  ${escapeLine(message)}`,
      `      ${style('link', escapeLine(hint))}${until === null ? '' : style('quiet', `, until ${formatTime(until)}`)}`,
    ]),
    ...(losses.length === 0 ? [] : [style('quiet', 'lost for ever without a run until then:')]),
    ...losses.map(({ step, message, until }) => `  ${formatTime(until)}  ${step}: ${escapeLine(message)}`),
  ]);
}
