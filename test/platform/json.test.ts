import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  decodeIf,
  describeDocumentError,
  isCount,
  isFiniteNumber,
  isInstantText,
  isRecord,
  isString,
  listOf,
  nullable,
  objectOf,
  oneOf,
  optional,
  parseDocument,
  parseJsonLine,
  readDocument,
  readOptionalDocument,
  recordOf,
} from '../../src/platform/json.js';

describe('guards', () => {
  test.each([
    ['isRecord', isRecord, [{}, { a: 1 }], [null, [], 'x', 1, undefined]],
    ['isFiniteNumber', isFiniteNumber, [0, -1.5], [NaN, Infinity, '1', null]],
    ['isCount', isCount, [0, 12], [-1, 1.5, NaN, 2 ** 53, '1']],
    ['isInstantText', isInstantText, ['2026-11-20T23:00:00Z', '2026-11-20'], ['yesterday', '', 5, null]],
    ['nullable', nullable(isString), ['', null], [undefined, 1]],
    ['optional', optional(isString), ['', undefined], [null, 1]],
    ['listOf', listOf(isCount), [[], [1, 2]], [[1, '2'], {}, null]],
    ['recordOf', recordOf(isCount), [{}, { a: 1 }], [{ a: 'b' }, [1], null]],
    ['oneOf', oneOf({ ok: true, failed: true }), ['ok', 'failed'], ['toString', 'OK', null]],
    [
      'objectOf',
      objectOf<{ name: string; count?: number }>({ name: isString, count: optional(isCount) }),
      [{ name: 'a' }, { name: 'a', count: 1, other: null }],
      [{}, { name: 'a', count: '1' }, null, []],
    ],
  ] as const)('%s accepts its values and rejects others', (_, guard, accepted, rejected) => {
    for (const value of accepted) expect(guard(value), JSON.stringify(value)).toBe(true);
    for (const value of rejected) expect(guard(value), JSON.stringify(value)).toBe(false);
  });
});

test('parseJsonLine returns null for an empty, a torn and a mismatching line', () => {
  const decode = decodeIf(isRecord);
  expect(parseJsonLine('{"a":1}', decode)).toEqual({ a: 1 });
  for (const line of ['', '{"a":', '[1]', 'null']) expect(parseJsonLine(line, decode)).toBeNull();
});

test.each([
  ['{"v":1}', { ok: true, value: { v: 1 } }],
  ['{"v":', { ok: false, error: { kind: 'invalid-json' } }],
  ['{"v":2}', { ok: false, error: { kind: 'unsupported-version', version: 2 } }],
  ['{}', { ok: false, error: { kind: 'unsupported-version', version: undefined } }],
  ['[]', { ok: false, error: { kind: 'invalid-content' } }],
])('parseDocument of %s with version 1 returns %o', (text, expected) => {
  expect(parseDocument(text, decodeIf(isRecord), { version: 1 })).toMatchObject(expected);
});

describe('a document on disk', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pipe-json-'));
    await writeFile(join(folder, 'good.json'), '{"a":1}');
    await writeFile(join(folder, 'torn.json'), '{"a":');
  });

  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ['good.json', { ok: true, value: { a: 1 } }],
    ['absent.json', { ok: false, error: { kind: 'missing' } }],
    ['torn.json', { ok: false, error: { kind: 'invalid-json' } }],
    // Reading a folder is an error of the disk.
    ['.', { ok: false, error: { kind: 'unreadable' } }],
  ])('readDocument of %s returns %o', async (name, expected) => {
    expect(await readDocument(join(folder, name), decodeIf(isRecord))).toMatchObject(expected);
  });

  test('readOptionalDocument returns null for a missing and for a torn file and throws errors of the disk', async () => {
    const read = (name: string): Promise<unknown> => readOptionalDocument(join(folder, name), decodeIf(isRecord));
    expect(await read('good.json')).toEqual({ a: 1 });
    expect(await read('absent.json')).toBeNull();
    expect(await read('torn.json')).toBeNull();
    await expect(read('.')).rejects.toThrow('EISDIR');
  });
});

test.each([
  [{ kind: 'missing' } as const, 'does not exist'],
  [{ kind: 'unreadable', message: 'EACCES', cause: null } as const, 'cannot be read: EACCES'],
  [{ kind: 'unsupported-version', version: 9 } as const, 'has an unsupported version: 9'],
  [{ kind: 'unsupported-version', version: undefined } as const, 'has no version'],
  [{ kind: 'invalid-content' } as const, 'does not have the expected content'],
])('describeDocumentError of %o returns "%s"', (error, expected) => {
  expect(describeDocumentError(error)).toBe(expected);
});
