import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';

import {
  hashRows,
  listHashedColumns,
  listRowKey,
  toCanonicalRow,
} from '../../../src/lineage/certificate/canonical-rows.js';
import {
  certificateFormat,
  formatCertificate,
  isSignatureValid,
  parseCertificate,
  signCertificate,
  summarize,
} from '../../../src/lineage/certificate/certificate.js';
import type { Certificate, CertifiedSeries } from '../../../src/lineage/certificate/certificate.js';
import { compareSeries } from '../../../src/lineage/certificate/compare.js';
import { extractCertificate, renderCertificate } from '../../../src/lineage/certificate/render-certificate.js';

const columns = listHashedColumns('equity_bars');

function bar(minute: number, close: number): Readonly<Record<string, unknown>> {
  const ts = String((Date.parse('2026-01-15T14:30:00Z') + minute * 60_000) * 1000);
  return {
    symbol: 'A\tB\\</script>',
    provider: 'mock',
    bar_size: '1 min',
    use_rth: true,
    ts,
    session: '2026-01-15',
    close,
    bar_count: '12',
  };
}

function createSeries(
  rows: readonly Readonly<Record<string, unknown>>[],
  request = 'run/1',
): readonly CertifiedSeries[] {
  const canonical = rows.map((row) => toCanonicalRow(row, columns, listRowKey('equity_bars')));
  const requests = [{ id: request, requestedAt: '2026-01-15T22:00:00Z', state: 'data' as const }];
  const session = { date: '2026-01-15', open: '', close: '', state: 'data' as const, requests, ...hashRows(canonical) };
  return [{ provider: 'mock', key: { bar_size: '1 min' }, sessions: [session] }];
}

const { privateKey } = generateKeyPairSync('ed25519');
const bars = Array.from({ length: 5 }, (_, minute) => bar(minute, 100 + minute / 8));

function createCertificate(): Certificate {
  const series = createSeries(bars);
  return signCertificate(
    {
      format: certificateFormat,
      symbol: 'A\tB\\</script>',
      dataset: 'equity_bars',
      calendar: 'XNYS',
      timeZone: 'America/New_York',
      from: '2026-01-15',
      to: '2026-01-15',
      issuedAt: '2026-01-16T00:00:00Z',
      program: 'pipe/0.1.0',
      version: 3,
      columns,
      series,
      summary: summarize(series),
    },
    privateKey,
  );
}

function isAccepted(text: string): boolean {
  const parsed = parseCertificate(text);
  return parsed.ok && isSignatureValid(parsed.value);
}

test('a canonical row has tabs between fields, the bits of doubles, and escaped text', () => {
  const { line, key } = toCanonicalRow(bar(0, 100.5), columns, listRowKey('equity_bars'));
  expect(key).toBe('2026-01-15T14:30:00Z');
  expect(line.split('\t')).toEqual([
    String.raw`A\tB\\</script>`,
    'mock',
    '1 min',
    String.raw`\N`,
    'true',
    '1768487400000000',
    '2026-01-15',
    ...Array.from({ length: 3 }, () => String.raw`\N`),
    '4059200000000000',
    ...Array.from({ length: 2 }, () => String.raw`\N`),
    '12',
    ...Array.from({ length: 5 }, () => String.raw`\N`),
  ]);
});

test('the hash of rows does not depend on their order', () => {
  expect(createSeries(bars.toReversed())).toEqual(createSeries(bars));
});

test('every changed byte of a certificate is found', () => {
  const text = formatCertificate(createCertificate());
  expect(isAccepted(text)).toBe(true);
  for (let at = 0; at < text.length; at++) {
    for (const replacement of [String.fromCharCode(text.charCodeAt(at) ^ 1), ' ', '0']) {
      if (replacement === text[at]) continue;
      const changed = `${text.slice(0, at)}${replacement}${text.slice(at + 1)}`;
      if (isAccepted(changed)) expect.fail(`byte ${String(at)} as ${JSON.stringify(replacement)} is accepted`);
    }
  }
  expect(isAccepted(text.slice(0, -1))).toBe(false);
  expect(isAccepted(`${text}\n`)).toBe(false);
});

test('a page contains its certificate, and a changed page differs from the rendering', () => {
  const certificate = createCertificate();
  const page = renderCertificate(certificate);
  const embedded = extractCertificate(page) ?? '';
  expect(embedded).toBe(formatCertificate(certificate));
  expect(page.match(/<\/script>/g)).toHaveLength(1);
  expect(renderCertificate(certificate)).toBe(page);
  expect(extractCertificate('<html></html>')).toBeNull();
});

test('a changed, a removed and an added row are each named', () => {
  const [first = {}, second = {}, ...rest] = bars;
  const found = createSeries([{ ...first, close: 100.0000001 }, ...rest, bar(9, 1)]);
  expect(second).toBeDefined();
  expect(compareSeries(createSeries(bars), found).map(({ kind, detail }) => `${kind} ${detail}`)).toEqual([
    'row-changed 2026-01-15T14:30:00Z',
    'row-missing 2026-01-15T14:31:00Z',
    'row-added 2026-01-15T14:39:00Z',
  ]);
  expect(compareSeries(createSeries(bars), createSeries(bars))).toEqual([]);
});

test('equal rows of another request and rows that another request replaced differ', () => {
  expect(compareSeries(createSeries(bars), createSeries(bars, 'run/2'))).toMatchObject([{ kind: 'state' }]);
  const replaced = compareSeries(createSeries(bars), createSeries(bars.slice(1), 'run/2'));
  expect(replaced).toMatchObject([{ kind: 'replaced' }, { kind: 'row-missing' }]);
});
