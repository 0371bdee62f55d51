import * as fc from 'fast-check';
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { barSizes } from '../../src/core/tables/bars.js';
import type { BarSize } from '../../src/core/tables/bars.js';
import type { Budget } from '../../src/core/budget.js';
import { datasets } from '../../src/core/tables/tables.js';
import { day, second } from '../../src/core/time/time.js';
import { openLedger } from '../../src/pacing/ledger.js';
import type { Ledger } from '../../src/pacing/ledger.js';
import { hashRequest, formatLedgerLine, parseLedgerLine } from '../../src/pacing/ledger-record.js';
import type { LedgerRecord } from '../../src/pacing/ledger-record.js';
import { createPacer } from '../../src/pacing/pacer.js';
import { createSharedSpending } from '../../src/pacing/shared-spending.js';
import type { InFlight } from '../../src/pacing/shared-spending.js';
import { createPacedRequest } from './budgets.js';
import { findViolations } from './find-violations.js';
import type { SentRequest } from './find-violations.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-ledger-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = (maxFileBytes = 1_000_000): Ledger => openLedger({ folder, name: 'mock', retention: day, maxFileBytes });
const path = (number = 1): string => join(folder, `mock.${number}.ledger`);

function spend(number: number, at = number, owner = 'a'): LedgerRecord {
  const request = { ...hashRequest(createPacedRequest({ contract: `S${number}` })), connection: null, priority: 0 };
  return { kind: 'spend', id: { owner, number }, at, request };
}

const sizes = Object.keys(barSizes).filter((size): size is BarSize => size in barSizes);
const id = fc.record({ owner: fc.constantFrom('1.a', '77.lz3k'), number: fc.nat() });
const records: fc.Arbitrary<LedgerRecord> = fc.oneof(
  fc
    .record({
      id,
      at: fc.nat(),
      contract: fc.string(),
      dataset: fc.constantFrom(...datasets),
      priceType: fc.constantFrom('TRADES' as const, 'BID_ASK' as const),
      barSize: fc.constantFrom(...sizes),
    })
    .map(({ id: of, at, ...input }): LedgerRecord => {
      return {
        kind: 'spend',
        id: of,
        at,
        request: { ...hashRequest(createPacedRequest(input)), connection: null, priority: 0 },
      };
    }),
  id.map((of): LedgerRecord => ({ kind: 'undo', id: of })),
  id.map((of): LedgerRecord => ({ kind: 'end', id: of })),
  fc.record({
    kind: fc.constant('hold' as const),
    until: fc.nat(),
    dataset: fc.constantFrom(null, ...datasets),
    at: fc.option(fc.nat()),
  }),
  fc.record({ kind: fc.constant('seal' as const), at: fc.nat() }),
);

describe('a ledger line', () => {
  it('parses to the formatted record, and to null when its end is missing', () => {
    fc.assert(
      fc.property(records, fc.nat(), (record, cut) => {
        const line = formatLedgerLine(record);
        expect(parseLedgerLine(line)).toEqual(record);
        expect(parseLedgerLine(line.slice(0, cut % line.length))).toBeNull();
      }),
    );
  });
});

describe('the ledger', () => {
  it('returns the records of other writers in order', () => {
    const [one, other] = [open(), open()];
    expect(one.append([spend(1), spend(2)], 0)).toEqual({ before: [], after: [] });
    expect(other.append([spend(3)], 0)).toEqual({ before: [spend(1), spend(2)], after: [] });
    expect(one.readNew(0)).toEqual([spend(3)]);
    expect(one.readNew(0)).toEqual([]);
    expect(open().readNew(0)).toEqual([spend(1), spend(2), spend(3)]);
  });

  it('continues after a torn line', () => {
    const ledger = open();
    ledger.append([spend(1)], 0);
    appendFileSync(path(), '\ns a 2 17');
    expect(open().readNew(0)).toEqual([spend(1)]);
    expect(ledger.append([spend(3)], 0)).toEqual({ before: [], after: [] });
    expect(open().readNew(0)).toEqual([spend(1), spend(3)]);
  });

  it('continues in a new file above the size limit for all writers and deletes expired files', () => {
    const [one, other] = [open(300), open(300)];
    const seen: LedgerRecord[] = [];
    for (let number = 1; number <= 40; number++) {
      const writer = number % 2 === 0 ? one : other;
      const { before, after } = writer.append([spend(number)], number);
      if (writer === one) seen.push(...before, spend(number), ...after);
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => spend(index + 1)));
    expect(open(300).readNew(40)).toEqual(seen);
    expect(readdirSync(folder).length).toBeGreaterThan(5);
    const last = readdirSync(folder).length;
    one.append([spend(41, day + 100)], day + 100);
    one.readNew(day + 100);
    expect(readdirSync(folder).length).toBeLessThan(3);
    // A process that slept all the time finds the current file.
    expect(last).toBeGreaterThan(5);
    expect(other.readNew(day + 100)).toContainEqual(spend(41, day + 100));
    expect(other.append([spend(42, day + 101)], day + 101).before).toEqual([]);
    expect(one.readNew(day + 101)).toContainEqual(spend(42, day + 101));
  });

  it('ignores lines after the seal', () => {
    const [one, other] = [open(), open()];
    one.append([spend(1)], 5);
    other.readNew(5);
    appendFileSync(path(), `\n${formatLedgerLine({ kind: 'seal', at: 6 })}\n`);
    expect(other.append([spend(2)], 7)).toEqual({ before: [], after: [] });
    expect(one.append([spend(3)], 7)).toEqual({ before: [spend(2)], after: [] });
    expect(readFileSync(path(2), 'latin1')).toContain(formatLedgerLine(spend(3)));
    expect(open().readNew(8)).toEqual([spend(1), spend(2), spend(3)]);
  });
});

describe('two processes with one ledger', () => {
  it('never exceed a budget for any interleaving of reads and writes', () => {
    const budgets: Budget[] = [{ kind: 'rolling', name: 'three', scope: 'account', limit: 3, span: second, margin: 0 }];
    const steps = fc.array(
      fc.record({
        first: fc.boolean(),
        pause: fc.constantFrom(0, 0, 0, 100, 400),
        wanted: fc.integer({ min: 1, max: 3 }),
        stale: fc.boolean(),
      }),
      { minLength: 1, maxLength: 40 },
    );
    let run = 0;
    fc.assert(
      fc.property(steps, (turns) => {
        run++;
        const sent: SentRequest[] = [];
        const participants = [1, 2].map((self) => {
          const pacer = createPacer(budgets);
          const ledger = openLedger({ folder, name: `run${run}`, retention: day, maxFileBytes: 400 });
          const processes = { self, isAlive: () => true };
          return {
            pacer,
            shared: createSharedSpending({ pacer, ledger, token: 't', processes, onFreed: () => undefined }),
          };
        });
        let now = 1_000_000;
        let part = 0;
        for (const { first, pause, wanted, stale } of turns) {
          now += pause;
          const participant = participants[first ? 0 : 1];
          if (participant === undefined) continue;
          const { pacer, shared } = participant;
          // A stale decision: another writer appended after the last read.
          if (!stale) shared.sync(now);
          const inFlight: InFlight[] = [];
          for (let count = 0; count < wanted; count++) {
            const request = hashRequest(createPacedRequest({ contract: 'A', part: part++ }));
            if (pacer.earliest(request, now) <= now)
              inFlight.push({ waiting: { request }, at: pacer.spend(request, now) });
          }
          const rejected = shared.recordDispatches(inFlight, now);
          for (const one of inFlight)
            if (!rejected.has(one)) sent.push({ request: one.waiting.request, at: now, until: now });
        }
        for (const { shared } of participants) shared.close(now);
        expect(findViolations(sent, budgets)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
