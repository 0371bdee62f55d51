import type { DoctorCheck } from '../../providers/doctor-check.js';
import { wrapText } from '../../platform/table.js';
import type { Console } from '../cli-context.js';

const statusMarks = { ok: ['✓', 'good'], failed: ['✗', 'bad'], unknown: ['?', 'warn'] } as const;

export function formatDiagnosis(
  provider: string,
  checks: readonly DoctorCheck[],
  { style, terminalWidth }: Pick<Console, 'style' | 'terminalWidth'>,
): string {
  const names = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(names + 6);
  const lines = checks.flatMap(({ name, status, message, hint }) => {
    const [mark, tone] = statusMarks[status];
    const [first = '', ...more] = wrapText(message, Math.max(40, terminalWidth - indent.length));
    const advice = hint === '' ? [] : wrapText(`→ ${hint}`, Math.max(40, terminalWidth - indent.length));
    return [
      `  ${style(tone, mark)} ${name.padEnd(names)}  ${first}`,
      ...[...more, ...advice].map((line) => `${indent}${line}`),
    ];
  });
  return `${provider}\n${lines.join('\n')}\n`;
}
