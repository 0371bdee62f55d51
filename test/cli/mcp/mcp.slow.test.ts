import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFilledProject } from '../../fixtures/project.js';
import type { Rig } from '../../rig.js';

const pipeline = `name: small
symbols: [AAPL]
steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, lookback: 70 sessions }
  snapshots: { needs: [chains, equity], strikes: 3, expiries: { nearest: 2, dte: 30 } }
  overview: { needs: [snapshots, equity] }
`;

let rig: Rig;
let client: Client;

async function connect(...options: readonly string[]): Promise<Client> {
  const connected = new Client({ name: 'test', version: '1' });
  const command = join(import.meta.dirname, '../../../dist/main.js');
  await connected.connect(
    new StdioClientTransport({ command: process.execPath, args: [command, 'mcp', ...options], cwd: rig.folder }),
  );
  return connected;
}

interface Answer {
  readonly texts: readonly string[];
  readonly isError: boolean;
}

async function call(name: string, values: Readonly<Record<string, unknown>> = {}, target = client): Promise<Answer> {
  const { content, isError } = await target.callTool({ name, arguments: values });
  const parts = content as readonly { readonly type: string; readonly text: string }[];
  return { texts: parts.map(({ text }) => text), isError: isError === true };
}

async function callJson(name: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const { texts, isError } = await call(name, values);
  expect(isError, texts.join('\n')).toBe(false);
  return JSON.parse(texts[0] ?? '');
}

/** Every file of the project with its size and time. */
async function listFiles(): Promise<readonly string[]> {
  const names = await rig.files();
  return names.map((name) => {
    const { size, mtimeMs } = statSync(rig.path(name));
    return `${name} ${String(size)} ${String(mtimeMs)}`;
  });
}

beforeAll(async () => {
  rig = await createFilledProject(pipeline);
  client = await connect();
});
afterAll(() => client.close());

describe('pipe mcp', () => {
  it('lists its tools as read-only, with closed schemas of their arguments', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...['plan', 'status', 'query', 'chain', 'iv', 'lineage', 'why', 'doctor', 'lint', 'schema'],
    ]);
    for (const { annotations, inputSchema } of tools) {
      expect(annotations?.readOnlyHint).toBe(true);
      expect(inputSchema['additionalProperties']).toBe(false);
    }
  });

  it('answers like the commands, and writes nothing', async () => {
    const before = await listFiles();
    expect(await callJson('plan', { pipeline: 'small.yaml' })).toMatchObject({ pipeline: { name: 'small' } });
    expect(await callJson('status')).toHaveProperty('tables');
    expect(await callJson('lint', { pipeline: 'small.yaml' })).toMatchObject({ ok: true });
    const bars = await rig.pipe(
      'query',
      'SELECT symbol, count(*)::INT AS bars FROM equity_bars GROUP BY ALL',
      '--json',
    );
    expect(
      await callJson('query', { sql: 'SELECT symbol, count(*)::INT AS bars FROM equity_bars GROUP BY ALL' }),
    ).toEqual(JSON.parse(bars.stdout));
    const chain = await rig.pipe('chain', 'AAPL', '--json', '--right=P');
    expect(await callJson('chain', { symbol: 'AAPL', right: 'P' })).toEqual(JSON.parse(chain.stdout));
    expect(await callJson('lineage', { symbol: 'AAPL', dataset: 'contracts' })).toMatchObject({ symbol: 'AAPL' });
    const [row] = (await callJson('query', {
      sql: 'SELECT max(session)::VARCHAR AS date FROM equity_bars',
    })) as readonly { readonly date: string }[];
    expect(await callJson('why', { symbol: 'AAPL', date: row?.date })).toMatchObject({
      symbol: 'AAPL',
      provider: 'mock',
    });
    expect(await callJson('iv', { symbol: 'AAPL' })).toMatchObject({ symbol: 'AAPL' });
    expect(await callJson('doctor', { pipeline: 'small.yaml' })).toEqual({ providers: [] });
    expect(await callJson('schema', { section: 'importStep' })).toMatchObject({ title: 'import step' });
    expect(await callJson('schema')).toHaveProperty('symbols');
    expect(await listFiles()).toEqual(before);
  });

  it('cuts long answers and says so', async () => {
    const { texts } = await call('query', { sql: 'SELECT range FROM range(100000)', limit: 1000 });
    expect(JSON.parse(texts[0] ?? '')).toHaveLength(200);
    expect(texts.slice(1).join('\n')).toMatch(/the answer is cut: the list has its first 200 of 1000 items/);
    const small = await connect('--characters=1000');
    const cut = await call('query', { sql: "SELECT repeat('x', 300) AS text FROM range(50)" }, small);
    expect(cut.texts[0]?.length).toBeLessThanOrEqual(1000);
    expect(cut.texts[1]).toMatch(/the answer is cut/);
    await small.close();
  });

  it.each<[string, string, Readonly<Record<string, unknown>>, RegExp]>([
    ['a write', 'query', { sql: 'DELETE FROM equity_bars' }, /DELETE is not allowed/],
    [
      'a file outside of the lake',
      'query',
      { sql: "SELECT * FROM read_csv('/etc/passwd')" },
      /can read only files of the lake/,
    ],
    ['a copy to a file', 'query', { sql: "COPY (SELECT 1) TO '/tmp/x.csv'" }, /COPY is not allowed/],
    ['a pipeline outside of the project', 'plan', { pipeline: '../../etc/passwd' }, /is outside of the project/],
    ['an absolute path', 'lint', { pipeline: '/etc/passwd' }, /is outside of the project/],
    ['an option instead of a symbol', 'iv', { symbol: '--html=x.html' }, /--html=x.html/],
    ['an argument that no tool has', 'iv', { symbol: 'AAPL', html: 'x.html' }, /iv has no argument html/],
    ['a missing argument', 'why', { symbol: 'AAPL' }, /why needs the argument date/],
    ['another type', 'iv', { symbol: 'AAPL', days: '60' }, /days is not a whole number/],
    ['a tool that writes', 'run', {}, /there is no tool run/],
    ['a section that the schema lacks', 'schema', { section: 'equityStp' }, /did you mean equityStep\?/],
  ])('refuses %s', async (_, name, values, message) => {
    const { texts, isError } = await call(name, values);
    expect(isError).toBe(true);
    expect(texts.join('\n')).toMatch(message);
    expect(await rig.files()).not.toContain('x.html');
  });

  it('ends when its client closes the input', async () => {
    const other = await connect();
    const { transport } = other;
    await other.close();
    expect(transport).toBeDefined();
    expect((await rig.pipe('mcp', { input: '' })).exitCode).toBe(0);
  });
});
