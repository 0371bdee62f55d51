import type { Diagnostic, Location } from '../../core/diagnostic.js';
import type { SourceTexts } from './source-texts.js';
import { ansiStyle, plainStyle } from '../../platform/style.js';
import type { ApplyStyle, Style } from '../../platform/style.js';
import { escapeInvisible } from '../../platform/text/escape.js';

/** Lines and columns from 1; columns in UTF-16 units, as editors count. */
interface Position {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A diagnostic as `pipe lint --json` prints it. */
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

const severityStyles: Readonly<Record<Diagnostic['severity'], Style>> = { error: 'bad', warning: 'warn' };

/** Wider excerpts are cut around the location. */
const maxExcerptWidth = 100;

/** Renders diagnostics as text, each with its line of the file, a squiggle, related locations and a suggestion. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sourceTexts: SourceTexts,
  { color }: { readonly color: boolean },
): string {
  const applyStyle = color ? ansiStyle : plainStyle;
  const findLines = createLineFinder(sourceTexts);
  return diagnostics
    .map((diagnostic) => `${renderDiagnostic(diagnostic, findLines, applyStyle).join('\n')}\n`)
    .join('\n');
}

function renderDiagnostic(
  { severity, code, message, location, related = [], suggestion }: Diagnostic,
  findLines: FindLines,
  applyStyle: ApplyStyle,
): string[] {
  const title = `${applyStyle(severityStyles[severity], severity)} ${code}: ${applyStyle('strong', escapeInvisible(message))}`;
  const lines =
    location === undefined ? [title] : [`${applyStyle('quiet', formatLocation(location, findLines))} ${title}`];
  const mainExcerpt =
    location === undefined ? null : renderExcerpt(location, findLines, applyStyle, severityStyles[severity]);
  if (mainExcerpt !== null) lines.push(...mainExcerpt.lines);
  const margin = ' '.repeat(mainExcerpt?.margin ?? 2);
  for (const { message: relatedMessage, location: relatedLocation } of related) {
    lines.push(
      `${margin} ${applyStyle('quiet', '|')} ${applyStyle('quiet', formatLocation(relatedLocation, findLines))} ${escapeInvisible(relatedMessage)}`,
    );
    const relatedExcerpt = renderExcerpt(relatedLocation, findLines, applyStyle, 'quiet');
    if (relatedExcerpt !== null) lines.push(...relatedExcerpt.lines);
  }
  if (suggestion !== undefined) lines.push(`${margin} ${applyStyle('link', '=')} ${escapeInvisible(suggestion)}`);
  return lines;
}

/** Converts diagnostics to the documents that `--json` prints. */
export function toDiagnosticDocuments(
  diagnostics: readonly Diagnostic[],
  sourceTexts: SourceTexts,
): readonly DiagnosticDocument[] {
  const findLines = createLineFinder(sourceTexts);
  return diagnostics.map(({ severity, code, message, location, related = [], suggestion = null }) => {
    const position = location === undefined ? null : toPosition(location, findLines);
    return {
      severity,
      code,
      message,
      file: location?.file ?? null,
      line: position?.line ?? null,
      column: position?.column ?? null,
      endLine: position?.endLine ?? null,
      endColumn: position?.endColumn ?? null,
      related: related.map((one) => ({
        message: one.message,
        file: one.location.file,
        ...toPosition(one.location, findLines),
      })),
      suggestion,
    };
  });
}

function formatLocation(location: Location, findLines: FindLines): string {
  const source = findLines(location.file);
  if (source === null) return escapeInvisible(location.file);
  const { line, column } = toPosition(location, findLines);
  return `${escapeInvisible(location.file)}:${line}:${column}`;
}

/** The text of a file and the offsets of its line starts. */
interface LineIndex {
  readonly text: string;
  readonly starts: readonly number[];
}

type FindLines = (file: string) => LineIndex | null;

function createLineFinder(sourceTexts: SourceTexts): FindLines {
  const cache = new Map<string, LineIndex>();
  return (file) => {
    const text = sourceTexts.get(file);
    if (text === undefined) return null;
    const cached = cache.get(file);
    if (cached !== undefined) return cached;
    const starts = [0];
    for (let next = text.indexOf('\n'); next >= 0; next = text.indexOf('\n', next + 1)) starts.push(next + 1);
    const lines = { text, starts };
    cache.set(file, lines);
    return lines;
  };
}

function toPosition(location: Location, findLines: FindLines): Position {
  const lines = findLines(location.file);
  if (lines === null) return { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const start = Math.min(location.offset, lines.text.length);
  const end = Math.min(location.offset + location.length, lines.text.length);
  const line = findLineIndex(lines.starts, start);
  const endLine = findLineIndex(lines.starts, end);
  return {
    line: line + 1,
    column: start - (lines.starts[line] ?? 0) + 1,
    endLine: endLine + 1,
    endColumn: end - (lines.starts[endLine] ?? 0) + 1,
  };
}

/** Finds the index of the line that contains an offset, by binary search. */
function findLineIndex(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function renderExcerpt(
  location: Location,
  findLines: FindLines,
  applyStyle: ApplyStyle,
  style: Style,
): { readonly lines: readonly string[]; readonly margin: number } | null {
  const lines = findLines(location.file);
  if (lines === null || lines.text === '') return null;
  const { line, column } = toPosition(location, findLines);
  const start = lines.starts[line - 1] ?? 0;
  const next = lines.starts[line];
  const fullLine = lines.text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '');
  const markStart = column - 1;
  const markedLength = Math.max(1, Math.min(location.length, fullLine.length - markStart));

  // A long line is cut to the text around the location.
  const cutStart =
    fullLine.length <= maxExcerptWidth ? 0 : Math.max(0, Math.min(markStart - 30, fullLine.length - maxExcerptWidth));
  const cutEnd = Math.min(fullLine.length, cutStart + maxExcerptWidth);
  const before = `${cutStart > 0 ? '…' : ''}${toDisplayText(fullLine.slice(cutStart, markStart))}`;
  const middle = toDisplayText(fullLine.slice(markStart, Math.min(markStart + markedLength, cutEnd)));
  const after = `${toDisplayText(fullLine.slice(markStart + markedLength, cutEnd))}${cutEnd < fullLine.length ? '…' : ''}`;

  const number = String(line);
  const margin = number.length + 2;
  const gutter = ' '.repeat(margin);
  return {
    margin,
    lines: [
      `  ${applyStyle('quiet', `${number} |`)} ${before}${middle}${after}`.trimEnd(),
      `${gutter} ${applyStyle('quiet', '|')} ${' '.repeat(getDisplayWidth(before))}${applyStyle(style, '~'.repeat(Math.max(1, getDisplayWidth(middle))))}`,
    ],
  };
}

/** Gives every character one column, so that the squiggle is aligned with the text it marks. */
function toDisplayText(text: string): string {
  return escapeInvisible(text.replaceAll('\t', ' '));
}

/** Counts the terminal columns of a text: combining marks take none, wide characters two. */
function getDisplayWidth(text: string): number {
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
