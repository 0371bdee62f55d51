import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type, tableOptions } from './sink-tables.js';
import { openLakeFeed } from '../../src/lake/feed/lake-feed.js';
import type { LakeFeed } from '../../src/lake/feed/feed.js';
import { compact } from '../../src/lake/maintenance/compact.js';
import { deliverChanges } from '../../src/sinks/deliver-changes.js';
import type { SinkDelivery } from '../../src/sinks/deliver-changes.js';
import type { TableSelection } from '../../src/sinks/selection.js';
import { SinkError } from '../../src/sinks/sink.js';
import type { Comparison, Sink } from '../../src/sinks/sink.js';
import {
  author,
  bars,
  chain,
  commit,
  contract,
  equity,
  oddSymbols,
  openLakeFixture,
  option,
  rowlessResult,
} from '../lake/lake-fixture.js';
import type { LakeFixture } from '../lake/lake-fixture.js';

/** A target to test. */
export interface Target {
  /** A new sink on the same target; `scratch` is a folder for files in transit. */
  createSink(selections: readonly TableSelection[], scratch: string): Sink;
  /** Folders that the sink reads and writes. */
  readonly folders: readonly string[];
  /** Changes one value of the copied bars, or removes one of their rows. */
  damage(): Promise<void>;
  /** Adds a row of contracts of a symbol `GHOST` that the lake does not have; null if the target may hold rows of other lakes. */
  readonly addGhost: (() => Promise<void>) | null;
  /** Makes the target unreachable, and reachable again; null if that cannot happen. */
  readonly outage: { readonly stop: () => Promise<void>; readonly start: () => Promise<void> } | null;
  close(): Promise<void>;
}

/**
 * Tests the contract of `Sink`. One call covers a new sink:
 *
 *     sinkComplianceSuite('csv', async () => ({ createSink: …, … }));
 */
export function sinkComplianceSuite(name: string, createTarget: () => Promise<Target>): void {
  describe(`the ${name} sink`, () => {
    let target: Target;
    let lake: LakeFixture;
    let scratch: string;
    let feed: LakeFeed;
    const never = new AbortController().signal;
    const all = [Type.bars, Type.optionBars, Type.chains, Type.contracts];

    beforeEach(async () => {
      target = await createTarget();
      lake = await openLakeFixture();
      scratch = await mkdtemp(join(tmpdir(), 'pipe-sink-'));
      feed = openLakeFeed(lake.folder, [scratch, ...target.folders]);
    });

    afterEach(async () => {
      await feed.close();
      await rm(scratch, { recursive: true, force: true });
      await target.close();
    });

    async function withSink<T>(work: (sink: Sink) => Promise<T>, selections = all): Promise<T> {
      const sink = target.createSink(selections, scratch);
      try {
        return await work(sink);
      } finally {
        await sink.close();
      }
    }
    const setUp = (selections = all): Promise<readonly string[]> => withSink((sink) => sink.setup(), selections);
    const deliver = (selections = all): Promise<SinkDelivery> =>
      withSink((sink) => deliverChanges(sink, feed, { signal: never }), selections);
    const replay = (): Promise<SinkDelivery> =>
      withSink((sink) => deliverChanges(sink, feed, { signal: never, from: () => Promise.resolve(null) }));
    const compare = (selections = all): Promise<readonly Comparison[]> =>
      withSink(async (sink) => {
        const comparisons: Comparison[] = [];
        for (const dataset of sink.tables) {
          const changes = await feed.stage(dataset, null);
          const comparison = changes === null ? null : await sink.compare(feed, changes);
          if (comparison !== null) comparisons.push(comparison);
        }
        return comparisons;
      }, selections);
    async function expectEqual(selections = all): Promise<void> {
      for (const { differences } of await compare(selections)) expect(differences).toEqual([]);
    }

    it('changes nothing when it is set up twice', async () => {
      await setUp();
      await setUp();
      expect(await deliver()).toEqual({ rows: 0, refused: 0, versions: {} });
    });

    it('copies every table with its values', async () => {
      await setUp();
      await commit(lake, 'equity_bars', [
        ...oddSymbols.map((symbol) => bars(equity(symbol), '2026-11-16', '2026-11-20')),
        bars(equity('AAPL', '5 mins'), '2026-11-16', '2026-11-18', { perDay: 5 }),
        bars(equity('AAPL'), '2025-12-30', '2026-01-03'),
      ]);
      const listed = { expiry: '2026-12-18', strike: 102.5, right: 'C', conId: 7 } as const;
      await commit(lake, 'option_bars', [
        bars(option('AAPL', listed), '2026-11-16', '2026-11-20'),
        bars(option('AAPL', { ...listed, tradingClass: 'AAPL1', isOtherClass: true }), '2026-11-16', '2026-11-20'),
      ]);
      await commit(lake, 'chains', [chain('AAPL', lake.now(), ['2026-12-18', '2027-01-15'], 4)]);
      await commit(lake, 'contracts', [contract('=cmd|calc', lake.now(), 1), contract('AAPL', lake.now(), 2)]);
      expect(await deliver()).toMatchObject({
        rows: oddSymbols.length * 4 + 10 + 4 + 8 + 16 + 2,
        refused: 0,
        versions: { equity_bars: 0, option_bars: 0, chains: 0, contracts: 0 },
      });
      await expectEqual();
    });

    it('delivers only what later commits changed', async () => {
      await setUp();
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-18')]);
      await deliver();
      await commit(lake, 'equity_bars', [bars(equity('MSFT'), '2026-11-16', '2026-11-18')]);
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-18', '2026-11-19')]);
      expect(await deliver()).toEqual({ rows: 3, refused: 0, versions: { equity_bars: 2 } });
      expect(await deliver()).toEqual({ rows: 0, refused: 0, versions: {} });
      await expectEqual();
    });

    it('replaces the rows of a window, and removes those that the lake no longer has', async () => {
      await setUp();
      await commit(lake, 'equity_bars', [
        bars(equity('AAPL'), '2026-11-16', '2026-11-20', { perDay: 3 }),
        bars(equity('AAPL', '1 hour'), '2026-11-16', '2026-11-20', { perDay: 3 }),
        bars(equity('MSFT'), '2026-11-16', '2026-11-20'),
      ]);
      await deliver();
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-17', '2026-11-18', { price: 400 })]);
      await commit(lake, 'equity_bars', [rowlessResult(equity('MSFT'), '2026-11-16', '2026-11-20', 'empty')]);
      expect(await deliver()).toMatchObject({ rows: 1 });
      await expectEqual();
    });

    it('does not deliver a merge of files', async () => {
      await setUp();
      for (let part = 10; part < 20; part++)
        await commit(lake, 'equity_bars', [
          bars(equity('AAPL'), `2026-11-${String(part)}`, `2026-11-${String(part + 1)}`),
        ]);
      await deliver();
      expect(await compact(lake.context, lake.log('equity_bars'), author)).not.toBeNull();
      expect(await deliver()).toEqual({ rows: 0, refused: 0, versions: { equity_bars: 10 } });
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-20', '2026-11-21')]);
      expect(await deliver()).toMatchObject({ rows: 1 });
      await expectEqual();
    });

    it('delivers a failed request as no change', async () => {
      await setUp();
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-18')]);
      await deliver();
      await commit(lake, 'equity_bars', [rowlessResult(equity('AAPL'), '2026-11-16', '2026-11-18', 'failed')]);
      expect(await deliver()).toMatchObject({ rows: 0, versions: { equity_bars: 1 } });
      await expectEqual();
    });

    it('holds every row once after a replay', async () => {
      await setUp();
      await commit(lake, 'equity_bars', [
        bars(equity('AAPL'), '2026-11-16', '2026-11-20'),
        bars(equity('A/B'), '2026-11-16', '2026-11-20'),
      ]);
      await deliver();
      expect(await replay()).toMatchObject({ rows: 8 });
      expect(await replay()).toMatchObject({ rows: 8 });
      await expectEqual();
    });

    it('continues after an interruption at any statement', async () => {
      await setUp();
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-20')]);
      await deliver();
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-17', '2026-11-19', { price: 7 })]);
      await commit(lake, 'equity_bars', [bars(equity('MSFT'), '2026-11-16', '2026-11-20')]);
      for (let step = 0; ; step++) {
        let calls = 0;
        const interrupt = <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) => {
          return (...args: A): Promise<R> =>
            calls++ === step ? Promise.reject(new Error('interrupted')) : work(...args);
        };
        const breaking: LakeFeed = {
          ...feed,
          query: interrupt(feed.query),
          define: interrupt(feed.define),
          copyTo: interrupt(feed.copyTo),
          copyConcurrently: interrupt(feed.copyConcurrently),
        };
        const done = await withSink((sink) => deliverChanges(sink, breaking, { signal: never })).catch(() => null);
        if (done !== null) break;
        expect(step).toBeLessThan(100);
      }
      await expectEqual();
    });

    it('finds a copy that was changed, and repairs it by a replay', async () => {
      await setUp();
      await commit(lake, 'equity_bars', [
        bars(equity('AAPL'), '2026-11-16', '2026-11-20'),
        bars(equity('MSFT'), '2026-11-16', '2026-11-20'),
      ]);
      await deliver();
      await target.damage();
      const [bad] = await compare([Type.bars]);
      expect(bad?.differences).toHaveLength(1);
      await replay();
      await expectEqual();
    });

    it('finds rows of a symbol that the lake does not have', async () => {
      if (target.addGhost === null) return;
      await setUp();
      await commit(lake, 'contracts', [contract('AAPL', lake.now(), 2)]);
      await deliver();
      await target.addGhost();
      const [bad] = await compare([Type.contracts]);
      expect(bad?.differences).toMatchObject([{ lakeRows: 0, copyRows: 1 }]);
      expect(bad?.differences[0]?.window).toContain('GHOST');
    });

    it('finds a copy that lacks the last commits', async () => {
      await setUp();
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-20')]);
      await deliver();
      await commit(lake, 'equity_bars', [bars(equity('MSFT'), '2026-11-16', '2026-11-20')]);
      const [behind] = await compare([Type.bars]);
      expect(behind?.differences).toMatchObject([{ lakeRows: 4, copyRows: 0 }]);
    });

    it('copies the selected columns and symbols', async () => {
      const selected = [tableOptions('equity_bars', ['close'], ['MSFT'])];
      await setUp(selected);
      await commit(lake, 'equity_bars', [
        bars(equity('AAPL'), '2026-11-16', '2026-11-20'),
        bars(equity('MSFT'), '2026-11-16', '2026-11-20'),
      ]);
      expect(await deliver(selected)).toMatchObject({ rows: 4 });
      await expectEqual(selected);
    });

    it('starts again for a lake that was created again', async () => {
      await setUp();
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-20')]);
      await deliver();
      await feed.close();
      await rm(join(lake.folder, 'equity_bars'), { recursive: true });
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-18', { price: 5 })]);
      feed = openLakeFeed(lake.folder, [scratch, ...target.folders]);
      await deliver();
      await deliver();
    });

    it('says that the target cannot be reached, and delivers everything afterwards', async () => {
      if (target.outage === null) return;
      await setUp();
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-20')]);
      await target.outage.stop();
      const failure = await deliver().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(SinkError);
      expect(failure).toMatchObject({ problem: 'unreachable' });
      await target.outage.start();
      expect(await deliver()).toMatchObject({ rows: 4 });
      await expectEqual();
    });
  });
}
