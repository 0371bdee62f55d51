import type { PostgresRow, PostgresSession } from './connection.js';
import type { Target } from './targets.js';
import { quoteName } from '../sql.js';

/** The tables for positions and refused rows. */
export const positionsTable = 'pipe_positions';
export const refusedTable = 'pipe_refused_rows';

const fixedTables: readonly (readonly [string, string])[] = [
  [
    'symbols',
    `CREATE TABLE symbols (
       id SERIAL PRIMARY KEY,
       symbol VARCHAR(64) NOT NULL,
       exchange VARCHAR(32) NOT NULL,
       name TEXT,
       security_type VARCHAR(16),
       currency VARCHAR(8),
       active BOOLEAN NOT NULL DEFAULT true,
       priority INTEGER NOT NULL DEFAULT 5,
       created_at TIMESTAMP DEFAULT NOW(),
       UNIQUE (symbol, exchange)
     )`,
  ],
  [
    'collection_logs',
    `CREATE TABLE collection_logs (
       id BIGSERIAL PRIMARY KEY,
       symbol_id INTEGER REFERENCES symbols(id),
       collection_type VARCHAR(50) NOT NULL,
       timeframe VARCHAR(20) NOT NULL,
       start_date TIMESTAMP,
       end_date TIMESTAMP,
       status VARCHAR(20) DEFAULT 'pending',
       error_message TEXT,
       records_collected INTEGER DEFAULT 0,
       started_at TIMESTAMP DEFAULT NOW(),
       completed_at TIMESTAMP
     )`,
  ],
  [
    positionsTable,
    `CREATE TABLE ${positionsTable} (
       dataset TEXT NOT NULL,
       selection TEXT NOT NULL,
       table_id TEXT NOT NULL,
       version BIGINT NOT NULL,
       delivered_at TIMESTAMPTZ NOT NULL DEFAULT now(),
       PRIMARY KEY (dataset, selection, table_id)
     )`,
  ],
  [
    refusedTable,
    `CREATE TABLE ${refusedTable} (
       dataset TEXT NOT NULL,
       row_key TEXT NOT NULL,
       reason TEXT NOT NULL,
       row_values JSONB NOT NULL,
       refused_at TIMESTAMPTZ NOT NULL DEFAULT now(),
       PRIMARY KEY (dataset, row_key)
     )`,
  ],
];

/** Columns that this program adds to tables that may be older than it. */
const addedColumns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  symbols: { active: 'BOOLEAN NOT NULL DEFAULT true', priority: 'INTEGER NOT NULL DEFAULT 5' },
  collection_logs: { request_id: 'TEXT', run_id: 'TEXT', pipeline: 'TEXT' },
};

/** Creates and migrates the tables. Every statement works again on what it has created. */
export async function setUpTables(session: PostgresSession, targets: readonly Target[]): Promise<readonly string[]> {
  const done: string[] = [];
  const created = new Set<string>();
  await session.query('BEGIN');
  // Two setups at the same time would both find a table missing.
  await session.query("SELECT pg_advisory_xact_lock(hashtext('pipe sink setup'))");
  for (const [table, sql] of fixedTables) {
    if (await hasTable(session, table)) continue;
    await session.query(sql);
    created.add(table);
    done.push(`created table ${table}`);
  }
  for (const target of targets) {
    const { table } = target;
    if (await hasTable(session, table)) continue;
    await session.query(createTableSql(target));
    done.push(`created table ${table}`);
    if (await makeHypertable(session, target)) done.push(`made ${table} a hypertable of TimescaleDB`);
  }
  for (const [table, columns] of Object.entries(addedColumns)) {
    const added = await addColumns(session, table, columns);
    // The columns of a table that was just created are no migration.
    if (!created.has(table)) done.push(...added);
  }
  for (const { table, columns } of targets) {
    const added = columns.map(({ name, type }) => [name, type.replace(/ NOT NULL.*/, '')] as const);
    done.push(...(await addColumns(session, table, Object.fromEntries(added))));
  }
  await session.query('CREATE UNIQUE INDEX IF NOT EXISTS collection_logs_request ON collection_logs (request_id)');
  for (const { table, key } of targets)
    await session.query(
      `CREATE UNIQUE INDEX IF NOT EXISTS ${table}_pipe_key ON ${quoteName(table)} (${key.join(', ')})`,
    );
  await session.query('COMMIT');
  return done;
}

function createTableSql({ table, columns, usesSymbolIds }: Target): string {
  const definitions = columns.map(({ name, type }) => {
    const reference = usesSymbolIds && name === 'symbol_id' ? ' REFERENCES symbols(id)' : '';
    return `${quoteName(name)} ${type}${reference}`;
  });
  // The columns that readers of `market_data` know.
  const extra = usesSymbolIds ? ['id BIGSERIAL PRIMARY KEY', 'created_at TIMESTAMP DEFAULT NOW()'] : [];
  return `CREATE TABLE ${quoteName(table)} (${[...extra.slice(0, 1), ...definitions, ...extra.slice(1)].join(', ')})`;
}

/** TimescaleDB wants its time column in every unique index, which the id of `market_data` lacks. */
async function makeHypertable(session: PostgresSession, { table, time, usesSymbolIds }: Target): Promise<boolean> {
  const [found] = await session.query("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'");
  if (found === undefined) return false;
  if (usesSymbolIds) await session.query(`ALTER TABLE ${quoteName(table)} DROP CONSTRAINT ${table}_pkey`);
  await session.query('SELECT create_hypertable($1::regclass, $2::name)', [table, time.column]);
  return true;
}

async function hasTable(session: PostgresSession, table: string): Promise<boolean> {
  const [row] = await session.query('SELECT to_regclass($1) IS NOT NULL AS found', [quoteName(table)]);
  return row?.['found'] === true;
}

async function addColumns(
  session: PostgresSession,
  table: string,
  columns: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const present = new Set((await readColumns(session, table)).map(({ name }) => name));
  const missing = Object.entries(columns).filter(([name]) => !present.has(name));
  for (const [name, type] of missing)
    await session.query(`ALTER TABLE ${quoteName(table)} ADD COLUMN ${quoteName(name)} ${type}`);
  return missing.map(([name]) => `added column ${name} to ${table}`);
}

export interface PresentColumn {
  readonly name: string;
  /** Decimal places of a `numeric` with a limit; null without. */
  readonly scale: number | null;
}

export async function readColumns(session: PostgresSession, table: string): Promise<readonly PresentColumn[]> {
  const rows = await session.query(
    `SELECT a.attname AS name, CASE WHEN t.typname = 'numeric' AND a.atttypmod > 0 THEN (a.atttypmod - 4) & 65535 END AS scale
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`,
    [quoteName(table)],
  );
  return rows.map((row: PostgresRow) => ({
    name: String(row['name']),
    scale: typeof row['scale'] === 'number' ? row['scale'] : null,
  }));
}
