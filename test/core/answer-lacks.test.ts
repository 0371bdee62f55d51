import { expect, test } from 'vitest';
import { countLacks, encodeLacks, parseLacks } from '../../src/core/answer-lacks.js';
import type { Lack } from '../../src/core/answer-lacks.js';

const confirmation = { answers: 3, every: 10 };

test('returns what was encoded', () => {
  const lacks: readonly Lack[] = [
    { kind: 'missing', item: '650 C', answers: 1, since: 5 },
    { kind: 'missing', item: '655 "C"', answers: 1, since: 5 },
    { kind: 'confirmed', item: '2026-12-18', answers: 3, since: 7 },
  ];
  expect(parseLacks(encodeLacks({ total: 22, lacks }))).toEqual({ total: 22, lacks });
  expect(parseLacks(encodeLacks({ total: 0, lacks: [] }))).toEqual({ total: 0, lacks: [] });
});

test.each([
  '',
  'x',
  '{}',
  '[]',
  '["a"]',
  '[1,["missing"]]',
  '[1,["odd",1,1,["a"]]]',
  '[1,["missing",-1,1,["a"]]]',
  '[1,["missing",1,1,[2]]]',
])('returns null for %j', (text) => {
  expect(parseLacks(text)).toBeNull();
});

test('confirms after three answers that are far enough apart, and starts anew for what was there meanwhile', () => {
  const found = [{ item: 'a', kind: 'missing' as const }];
  let lacks = countLacks(found, [], 0, confirmation);
  const seen: string[] = [];
  for (const at of [5, 10, 15, 20]) {
    lacks = countLacks(found, lacks, at, confirmation);
    seen.push(lacks.map(({ kind, answers, since }) => `${kind} ${answers} ${since}`).join());
  }
  expect(seen).toEqual(['missing 1 0', 'missing 2 10', 'missing 2 10', 'confirmed 3 20']);
  expect(countLacks([], lacks, 30, confirmation)).toEqual([]);
  expect(countLacks(found, [], 40, confirmation)).toMatchObject([{ kind: 'missing', answers: 1 }]);
});

test('never confirms a refusal, and believes the first answer of a source that computes its answers', () => {
  const denied = [{ item: 'a', kind: 'denied' as const }];
  const first = countLacks(denied, [], 0, confirmation);
  expect(countLacks(denied, first, 99, confirmation)).toEqual([{ item: 'a', kind: 'denied', answers: 0, since: 0 }]);
  const once = countLacks([{ item: 'a', kind: 'missing' }], [], 0, { answers: 1, every: 0 });
  expect(once).toMatchObject([{ kind: 'confirmed' }]);
});
