import type { Diagnostic, Place } from '../core/diagnostic.js';
import type { Sources } from './sources.js';
import { visible } from './text.js';

/** Where a place is for people and editors: lines and columns from 1, columns in UTF-16 units. */
interface Position {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A diagnostic for programs: what `pipe lint --json` prints. */
export interface DiagnosticDocument {
  readonly severity: Diagnostic['severity'];
  readonly code: string;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
  readonly related: readonly ({ readonly message: string; readonly file: string } & Position)[];
  readonly suggestion: string | null;
}

type Paint = (style: 'error' | 'warning' | 'faint' | 'strong' | 'hint', text: string) => string;

const codes = { error: 31, warning: 33, faint: 2, strong: 1, hint: 36 } as const;

const plain: Paint = (_, text) => text;
const colored: Paint = (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m`;

/** Wider excerpts are cut around the place they show. */
const widest = 100;

/** Diagnostics as text, each with its line of the file, a squiggle, related places and what to write instead. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  { color }: { readonly color: boolean },
): string {
  const paint = color ? colored : plain;
  const linesOf = lineFinder(sources);
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic, linesOf, paint).join('\n')}\n`).join('\n');
}

function renderOne(
  { severity, code, message, place, related = [], suggestion }: Diagnostic,
  linesOf: LineFinder,
  paint: Paint,
): string[] {
  const title = `${paint(severity, severity)} ${code}: ${paint('strong', visible(message))}`;
  const lines = place === undefined ? [title] : [`${paint('faint', at(place, linesOf))} ${title}`];
  const shown = place === undefined ? null : excerpt(place, linesOf, paint, severity);
  if (shown !== null) lines.push(...shown.lines);
  const margin = ' '.repeat(shown?.margin ?? 2);
  for (const { message: note, place: there } of related) {
    lines.push(`${margin} ${paint('faint', '|')} ${paint('faint', at(there, linesOf))} ${visible(note)}`);
    const other = excerpt(there, linesOf, paint, 'faint');
    if (other !== null) lines.push(...other.lines);
  }
  if (suggestion !== undefined) lines.push(`${margin} ${paint('hint', '=')} ${visible(suggestion)}`);
  return lines;
}

/** Diagnostics for programs. */
export function diagnosticsDocument(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
): readonly DiagnosticDocument[] {
  const linesOf = lineFinder(sources);
  return diagnostics.map(({ severity, code, message, place, related = [], suggestion = null }) => {
    const position = place === undefined ? null : positionOf(place, linesOf);
    return {
      severity,
      code,
      message,
      file: place?.file ?? null,
      line: position?.line ?? null,
      column: position?.column ?? null,
      endLine: position?.endLine ?? null,
      endColumn: position?.endColumn ?? null,
      related: related.map((one) => ({
        message: one.message,
        file: one.place.file,
        ...positionOf(one.place, linesOf),
      })),
      suggestion,
    };
  });
}

function at(place: Place, linesOf: LineFinder): string {
  const source = linesOf(place.file);
  if (source === null) return visible(place.file);
  const { line, column } = positionOf(place, linesOf);
  return `${visible(place.file)}:${line}:${column}`;
}

/** The text of a file and the offsets at which its lines begin. */
interface Lines {
  readonly text: string;
  readonly starts: readonly number[];
}

type LineFinder = (file: string) => Lines | null;

function lineFinder(sources: Sources): LineFinder {
  const known = new Map<string, Lines>();
  return (file) => {
    const text = sources.get(file);
    if (text === undefined) return null;
    const before = known.get(file);
    if (before !== undefined) return before;
    const starts = [0];
    for (let next = text.indexOf('\n'); next >= 0; next = text.indexOf('\n', next + 1)) starts.push(next + 1);
    const lines = { text, starts };
    known.set(file, lines);
    return lines;
  };
}

function positionOf(place: Place, linesOf: LineFinder): Position {
  const lines = linesOf(place.file);
  if (lines === null) return { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const start = Math.min(place.offset, lines.text.length);
  const end = Math.min(place.offset + place.length, lines.text.length);
  const line = lineIndex(lines.starts, start);
  const endLine = lineIndex(lines.starts, end);
  return {
    line: line + 1,
    column: start - (lines.starts[line] ?? 0) + 1,
    endLine: endLine + 1,
    endColumn: end - (lines.starts[endLine] ?? 0) + 1,
  };
}

/** The last line that begins at or before an offset. */
function lineIndex(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function excerpt(
  place: Place,
  linesOf: LineFinder,
  paint: Paint,
  style: Parameters<Paint>[0],
): { readonly lines: readonly string[]; readonly margin: number } | null {
  const lines = linesOf(place.file);
  if (lines === null || lines.text === '') return null;
  const { line, column } = positionOf(place, linesOf);
  const start = lines.starts[line - 1] ?? 0;
  const next = lines.starts[line];
  const whole = lines.text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '');
  const from = column - 1;
  const marked = Math.max(1, Math.min(place.length, whole.length - from));

  // A long line is cut to what surrounds the place.
  const cutStart = whole.length <= widest ? 0 : Math.max(0, Math.min(from - 30, whole.length - widest));
  const cutEnd = Math.min(whole.length, cutStart + widest);
  const before = `${cutStart > 0 ? '…' : ''}${show(whole.slice(cutStart, from))}`;
  const middle = show(whole.slice(from, Math.min(from + marked, cutEnd)));
  const after = `${show(whole.slice(from + marked, cutEnd))}${cutEnd < whole.length ? '…' : ''}`;

  const number = String(line);
  const margin = number.length + 2;
  const gutter = ' '.repeat(margin);
  return {
    margin,
    lines: [
      `  ${paint('faint', `${number} |`)} ${before}${middle}${after}`.trimEnd(),
      `${gutter} ${paint('faint', '|')} ${' '.repeat(widthOf(before))}${paint(style, '~'.repeat(Math.max(1, widthOf(middle))))}`,
    ],
  };
}

/** One column for every character of a line, so that the squiggle stands below what it means. */
function show(text: string): string {
  return visible(text.replaceAll('\t', ' '));
}

/** How many columns of a terminal a text takes: combining marks none, wide characters two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
