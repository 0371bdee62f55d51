import { isMap, isScalar, isSeq, parseDocument, stringify } from 'yaml';
import type { Node, YAMLSeq } from 'yaml';

import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { NodePath } from './tree.js';

/*
 * Edits of a list in a YAML text. Only the lines of the edit change: everything else keeps its bytes, with comments and layout.
 * The parser says where the parts of the text are, and the result is parsed again, so that no edit changes anything else.
 */

/** Adds a text to a list; a list that does not exist is created at the end. */
export function addToList(text: string, path: NodePath, item: string): Result<string, string> {
  const list = findList(text, path);
  if (!list.ok) return list;
  const written = formatItem(item);
  const edited = list.value === null ? appendList(text, path, written) : insertItem(text, list.value, written);
  return verify(text, edited, path, (items) => [...items, item]);
}

/** Removes the entry of a name from a list: the text, or a mapping with this `symbol`. Null if the list has no such entry. */
export function removeFromList(text: string, path: NodePath, name: string): Result<string | null, string> {
  const list = findList(text, path);
  if (!list.ok) return list;
  const items = list.value?.items ?? [];
  const index = items.findIndex((item) => isEntryOf(item, name));
  if (list.value === null || index < 0) return ok(null);
  if (items.length === 1) return err(`${name} is the only entry of ${path.join('.')}`);
  return verify(text, cutItem(text, list.value, index), path, (values) => values.filter((_, at) => at !== index));
}

function findList(text: string, path: NodePath): Result<YAMLSeq | null, string> {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) return err(error.message.split('\n', 1)[0] ?? 'the file is not YAML');
  const node = document.getIn(path, true);
  if (node === undefined) return ok(null);
  return isSeq(node) ? ok(node) : err(`${path.join('.')} is not a list in this file`);
}

function isEntryOf(item: unknown, name: string): boolean {
  if (isScalar(item)) return item.value === name;
  return isMap(item) && item.get('symbol') === name;
}

/** A text with spaces in quotes: without them it could be several symbols with a comma missing. */
function formatItem(item: string): string {
  return /\s/.test(item) ? JSON.stringify(item) : stringify(item, { lineWidth: 0 }).trimEnd();
}

function appendList(text: string, path: NodePath, item: string): string {
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${separator}${path.join('.')}:\n  - ${item}\n`;
}

function insertItem(text: string, list: YAMLSeq, item: string): string {
  const last = list.items.at(-1);
  if (last === undefined) return insert(text, startOf(list) + 1, item);
  const end = endOf(text, last);
  if (list.flow === true) return insert(text, end, `, ${item}`);
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  return insert(text, endOfLine(text, end), `${lineBreak}${indentOfDash(text, last)}- ${item}`);
}

function cutItem(text: string, list: YAMLSeq, index: number): string {
  const [item, before, after] = [list.items[index], list.items[index - 1], list.items[index + 1]];
  if (list.flow === true) {
    const [start, end] =
      after === undefined ? [endOf(text, before), endOf(text, item)] : [startOf(item), startOf(after)];
    return text.slice(0, start) + text.slice(end);
  }
  const lineStart = text.lastIndexOf('\n', startOf(item)) + 1;
  const lineEnd = endOfLine(text, endOf(text, item));
  const nextLine = text.indexOf('\n', lineEnd);
  return text.slice(0, lineStart) + (nextLine < 0 ? '' : text.slice(nextLine + 1));
}

function insert(text: string, at: number, part: string): string {
  return text.slice(0, at) + part + text.slice(at);
}

function startOf(node: unknown): number {
  return getRange(node)[0];
}

/** The end of a node's value, without the line breaks and comments behind it. */
function endOf(text: string, node: unknown): number {
  return text.slice(0, getRange(node)[1]).trimEnd().length;
}

function getRange(node: unknown): Exclude<Node['range'], null | undefined> {
  const isNode = isScalar(node) || isMap(node) || isSeq(node);
  return (isNode ? node.range : null) ?? [0, 0, 0];
}

/** The end of a line without its line break. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function indentOfDash(text: string, item: unknown): string {
  const lineStart = text.lastIndexOf('\n', startOf(item)) + 1;
  return /^ */.exec(text.slice(lineStart))?.[0] ?? '';
}

/** Accepts an edit only if the list has changed as expected and nothing else has. */
function verify(
  before: string,
  after: string,
  path: NodePath,
  change: (items: readonly unknown[]) => readonly unknown[],
): Result<string, string> {
  const expected = parseDocument(before);
  const old: unknown = expected.getIn(path) === undefined ? [] : toItems(expected.getIn(path, true));
  expected.setIn(path, change(Array.isArray(old) ? old : []));
  const found = parseDocument(after);
  const isEqual = found.errors.length === 0 && JSON.stringify(found.toJS()) === JSON.stringify(expected.toJS());
  return isEqual ? ok(after) : err(`the layout of ${path.join('.')} is not one that can be edited`);
}

function toItems(node: unknown): unknown {
  return isSeq(node) ? node.toJSON() : [];
}
