import { isRecord, parseJson } from '../../platform/json.js';

/** The most rows of one list, and the most characters of one answer. */
export interface AnswerLimits {
  readonly rows: number;
  readonly characters: number;
}

/** An answer within limits. */
export interface BoundedAnswer {
  readonly text: string;
  /** What was left out, in one sentence; null for a whole answer. */
  readonly note: string | null;
}

/** Cuts a JSON document to limits: lists keep their first items. */
export function boundJson(text: string, { rows, characters }: AnswerLimits): BoundedAnswer {
  const document = parseJson(text);
  if (document === undefined || document === null) return boundText(text, characters);
  for (let limit = rows; limit >= 1; limit = Math.floor(limit / 2)) {
    const cuts: string[] = [];
    const answer = JSON.stringify(cutLists(document, limit, '', cuts));
    if (answer.length <= characters) return { text: answer, note: describeCuts(cuts) };
  }
  return boundText(JSON.stringify(document), characters);
}

/** Cuts a text to a number of characters. */
export function boundText(text: string, characters: number): BoundedAnswer {
  if (text.length <= characters) return { text, note: null };
  const note = `the answer is cut: its first ${String(characters)} of ${String(text.length)} characters; narrow the question`;
  return { text: text.slice(0, characters), note };
}

function cutLists(value: unknown, limit: number, path: string, cuts: string[]): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.length > limit)
      cuts.push(`${path === '' ? 'the list' : path} has its first ${String(limit)} of ${String(items.length)} items`);
    return items.slice(0, limit).map((item) => cutLists(item, limit, `${path}[]`, cuts));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      cutLists(part, limit, path === '' ? key : `${path}.${key}`, cuts),
    ]),
  );
}

function describeCuts(cuts: readonly string[]): string | null {
  const [first] = cuts;
  if (first === undefined) return null;
  const more = cuts.length === 1 ? '' : `, and ${String(cuts.length - 1)} more lists are cut`;
  return `the answer is cut: ${first}${more}; narrow the question`;
}
