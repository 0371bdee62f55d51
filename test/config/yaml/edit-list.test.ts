import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { addToList, removeFromList } from '../../../src/config/yaml/edit-list.js';

const block = `# top
symbols:
  # large ones
  - AAPL # fruit
  - { symbol: SPY, kind: etf }   # an index

  # the last
  - symbol: BRK B
    exchange: NYSE
    # of Omaha

steps:
  contracts: {}   # weekly
`;

describe('addToList', () => {
  test('appends behind the last entry of a block and keeps every other byte', () => {
    expect(addToList(block, ['symbols'], 'MSFT')).toEqual({
      ok: true,
      value: block.replace('    exchange: NYSE\n', '    exchange: NYSE\n  - MSFT\n'),
    });
  });

  test.each([
    ['symbols: [AAPL, MSFT]  # two\n', 'NVDA', 'symbols: [AAPL, MSFT, NVDA]  # two\n'],
    ['symbols: []\n', 'NVDA', 'symbols: [NVDA]\n'],
    ['symbols: [ AAPL ]', 'BRK B', 'symbols: [ AAPL, "BRK B" ]'],
    ['symbols:\n- AAPL\nname: x\n', 'null', 'symbols:\n- AAPL\n- "null"\nname: x\n'],
    ['symbols:\r\n  - AAPL\r\nname: x\r\n', 'MSFT', 'symbols:\r\n  - AAPL\r\n  - MSFT\r\nname: x\r\n'],
    ['symbols:\n  - AAPL', 'MSFT', 'symbols:\n  - AAPL\n  - MSFT'],
    ['symbols: [\n  AAPL, # one\n  MSFT\n]\n', 'SPY', 'symbols: [\n  AAPL, # one\n  MSFT, SPY\n]\n'],
    ['name: x', 'AAPL', 'name: x\nsymbols:\n  - AAPL\n'],
  ])('%j with %s is %j', (text, item, expected) => {
    expect(addToList(text, ['symbols'], item)).toEqual({ ok: true, value: expected });
  });

  test.each([
    ['symbols: AAPL\n', /not a list/],
    ['symbols: [AAPL\n', /./],
    ['symbols: *none\n', /./],
  ])('%j is rejected', (text, message) => {
    const edited = addToList(text, ['symbols'], 'MSFT');
    expect(edited).toEqual({ ok: false, error: expect.stringMatching(message) as unknown });
  });
});

describe('removeFromList', () => {
  test.each(['AAPL', 'SPY', 'BRK B'])('removes the lines of %s from a block, and only those', (name) => {
    const edited = removeFromList(block, ['symbols'], name);
    const text = edited.ok ? (edited.value ?? '') : '';
    expect(JSON.stringify(parse(text))).not.toContain(`"${name}"`);
    const kept = block.split('\n').filter((line) => text.split('\n').includes(line));
    expect(text.split('\n')).toEqual(kept);
    expect(text).toContain('# large ones');
    expect(text).toContain('# weekly');
  });

  test.each([
    ['symbols: [AAPL, MSFT, SPY]\n', 'AAPL', 'symbols: [MSFT, SPY]\n'],
    ['symbols: [AAPL, MSFT, SPY]\n', 'SPY', 'symbols: [AAPL, MSFT]\n'],
    ['groups: { a: { symbols: [AAPL, MSFT] } }\n', 'MSFT', null],
  ])('%j without %s is %j', (text, name, expected) => {
    expect(removeFromList(text, ['symbols'], name)).toEqual({ ok: true, value: expected });
  });

  test('the only entry stays', () => {
    expect(removeFromList('symbols: [AAPL]\n', ['symbols'], 'AAPL')).toMatchObject({ ok: false });
  });

  test('adding and removing a symbol gives the text from before', () => {
    for (const text of [block, 'symbols: [AAPL, MSFT]\n', 'symbols:\n- AAPL\n- MSFT\n']) {
      const added = addToList(text, ['symbols'], 'NVDA');
      expect(removeFromList(added.ok ? added.value : '', ['symbols'], 'NVDA')).toEqual({ ok: true, value: text });
    }
  });
});
