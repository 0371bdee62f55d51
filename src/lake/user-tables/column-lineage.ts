import { isRecord } from '../../platform/json.js';
import type { JsonObject } from '../../platform/json.js';
import type { ColumnRef, ColumnOrigin, ColumnLineage } from '../../core/tables/user-tables.js';

/** The names that a statement may refer to. */
export interface SchemaNames {
  /** The columns of every table, in order. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** The names of aggregate functions. */
  readonly aggregates: ReadonlySet<string>;
}

/** A column during tracing; `sources` is null if they are unknown. */
interface TracedColumn {
  readonly name: string;
  readonly kind: ColumnOrigin['kind'];
  readonly sources: readonly ColumnRef[] | null;
}

/** An item of a FROM clause; `columns` is null if they are unknown. */
interface Relation {
  readonly name: string;
  readonly columns: readonly TracedColumn[] | null;
}

type RelationMap = ReadonlyMap<string, readonly TracedColumn[] | null>;

interface Scope {
  readonly relations: readonly Relation[];
  /** Columns of USING clauses, which a star expands once. */
  readonly shared: ReadonlySet<string>;
  readonly ctes: RelationMap;
  /** Aliases defined earlier in the same select list. */
  readonly aliases: Map<string, TracedColumn>;
  readonly outer: Scope | null;
}

interface Tracer {
  readonly names: SchemaNames;
  /** The columns that determine which rows there are: those of conditions, joins and groups, by name. */
  readonly rows: Map<string, ColumnRef>;
}

/**
 * Traces the columns of a statement's result to their sources, by its syntax tree. Omits columns with unknown sources, and all
 * columns if their number is unknown.
 */
export function traceColumnLineage(tree: unknown, result: readonly string[], names: SchemaNames): ColumnLineage {
  const tracer: Tracer = { names, rows: new Map() };
  const columns = traceQuery(tracer, tree, new Map(), null);
  const traced = columns?.length === result.length ? columns : [];
  return {
    columns: traced.flatMap(({ kind, sources: origins }, index) =>
      origins === null ? [] : [{ column: result[index] ?? '', kind, from: origins }],
    ),
    rows: [...tracer.rows.values()],
  };
}

function traceQuery(
  tracer: Tracer,
  node: unknown,
  outerCtes: RelationMap,
  outer: Scope | null,
): readonly TracedColumn[] | null {
  if (!isRecord(node)) return null;
  const ctes = collectCtes(tracer, node['cte_map'], outerCtes, outer);
  if (node['type'] === 'SET_OPERATION_NODE') return traceSetOperation(tracer, node, ctes, outer);
  return node['type'] === 'SELECT_NODE' ? traceSelect(tracer, node, ctes, outer) : null;
}

function collectCtes(tracer: Tracer, map: unknown, outerCtes: RelationMap, outer: Scope | null): RelationMap {
  const ctes = new Map(outerCtes);
  for (const entry of getList(map, 'map')) {
    if (!isRecord(entry) || typeof entry['key'] !== 'string') continue;
    const value = isRecord(entry['value']) ? entry['value'] : {};
    const body = isRecord(value['query']) ? value['query']['node'] : null;
    ctes.set(entry['key'].toLowerCase(), applyAliases(traceQuery(tracer, body, ctes, outer), value['aliases']));
  }
  return ctes;
}

function traceSetOperation(
  tracer: Tracer,
  node: JsonObject,
  ctes: RelationMap,
  outer: Scope | null,
): readonly TracedColumn[] | null {
  if (String(node['setop_type']).endsWith('BY_NAME')) return null;
  const left = traceQuery(tracer, node['left'], ctes, outer);
  const right = traceQuery(tracer, node['right'], ctes, outer);
  if (left === null || right?.length !== left.length) return null;
  return left.map((one, index) => combinePair(one, right[index], one.name));
}

function traceSelect(
  tracer: Tracer,
  node: JsonObject,
  ctes: RelationMap,
  outer: Scope | null,
): readonly TracedColumn[] | null {
  const shared = new Set<string>();
  const conditions: unknown[] = [];
  const relations = traceFrom(tracer, node['from_table'], ctes, outer, shared, conditions);
  const scope: Scope = { relations, shared, ctes, aliases: new Map(), outer };
  for (const part of [...conditions, node['where_clause'], node['group_expressions'], node['having'], node['qualify']])
    for (const name of traceExpression(tracer, part, scope).sources ?? [])
      tracer.rows.set(`${name.dataset}.${name.column}`, name);
  for (const column of shared) {
    for (const found of relations.flatMap((one) => findColumn(one, column)?.sources ?? []))
      tracer.rows.set(`${found.dataset}.${found.column}`, found);
  }
  const columns: TracedColumn[] = [];
  for (const item of getList(node, 'select_list')) {
    const expanded =
      isRecord(item) && item['class'] === 'STAR' ? expandStar(item, scope) : [traceSelectItem(tracer, item, scope)];
    if (expanded === null) return null;
    columns.push(...expanded);
  }
  return columns;
}

function traceSelectItem(tracer: Tracer, item: unknown, scope: Scope): TracedColumn {
  const traced = traceExpression(tracer, item, scope);
  const alias = isRecord(item) && typeof item['alias'] === 'string' ? item['alias'] : '';
  if (alias === '') return traced;
  const named = { ...traced, name: alias };
  scope.aliases.set(alias.toLowerCase(), named);
  return named;
}

function expandStar(item: JsonObject, { relations, shared }: Scope): readonly TracedColumn[] | null {
  const isSimpleStar = ['replace_list', 'rename_list', 'qualified_exclude_list'].every(
    (key) => getList(item, key).length === 0,
  );
  if (!isSimpleStar || item['columns'] === true || item['expr'] !== null) return null;
  const relationName = String(item['relation_name']).toLowerCase();
  const excluded = new Set(getList(item, 'exclude_list').map((name) => String(name).toLowerCase()));
  const seen = new Set<string>();
  const columns: TracedColumn[] = [];
  for (const relation of relations) {
    if (relationName !== '' && relation.name !== relationName) continue;
    if (relation.columns === null) return null;
    for (const column of relation.columns) {
      const name = column.name.toLowerCase();
      if (excluded.has(name) || (relationName === '' && shared.has(name) && seen.has(name))) continue;
      seen.add(name);
      columns.push(column);
    }
  }
  return columns;
}

function traceFrom(
  tracer: Tracer,
  node: unknown,
  ctes: RelationMap,
  outer: Scope | null,
  shared: Set<string>,
  conditions: unknown[],
): readonly Relation[] {
  if (!isRecord(node)) return [];
  const alias = getText(node, 'alias').toLowerCase();
  switch (node['type']) {
    case 'EMPTY':
      return [];
    case 'BASE_TABLE': {
      const table = String(node['table_name']).toLowerCase();
      const columns = ctes.has(table) ? (ctes.get(table) ?? null) : tableColumns(tracer, table);
      return [{ name: alias === '' ? table : alias, columns: applyAliases(columns, node['column_name_alias']) }];
    }
    case 'SUBQUERY': {
      const body = isRecord(node['subquery']) ? node['subquery']['node'] : null;
      return [{ name: alias, columns: applyAliases(traceQuery(tracer, body, ctes, outer), node['column_name_alias']) }];
    }
    case 'JOIN': {
      for (const column of getList(node, 'using_columns')) shared.add(String(column).toLowerCase());
      conditions.push(node['condition']);
      if (node['ref_type'] === 'NATURAL') return [{ name: alias, columns: null }];
      return [
        ...traceFrom(tracer, node['left'], ctes, outer, shared, conditions),
        ...traceFrom(tracer, node['right'], ctes, outer, shared, conditions),
      ];
    }
    default:
      return [{ name: alias, columns: null }];
  }
}

function tableColumns({ names }: Tracer, table: string): readonly TracedColumn[] | null {
  const columns = names.tables.get(table);
  return columns?.map((name) => ({ name, kind: 'identity', sources: [{ dataset: table, column: name }] })) ?? null;
}

/** The sources of an expression: every column that it refers to. */
function traceExpression(tracer: Tracer, node: unknown, scope: Scope): TracedColumn {
  if (Array.isArray(node)) return combine(node.map((part: unknown) => traceExpression(tracer, part, scope)));
  if (!isRecord(node)) return noSources;
  if (node['class'] === 'COLUMN_REF') return resolveReference(getList(node, 'column_names').map(String), scope);
  if (node['class'] === 'STAR') return node['expr'] === null ? noSources : unknownColumn;
  if (node['class'] === 'LAMBDA') return unknownColumn;
  if (node['class'] === 'SUBQUERY') {
    const body = isRecord(node['subquery']) ? node['subquery']['node'] : null;
    const columns = traceQuery(tracer, body, scope.ctes, scope);
    return combine([
      columns === null ? unknownColumn : combine(columns),
      traceExpression(tracer, node['child'], scope),
    ]);
  }
  const inner = combine(Object.values(node).map((part) => traceExpression(tracer, part, scope)));
  const name = getText(node, 'function_name').toLowerCase();
  const isAggregate = node['class'] === 'WINDOW' || (node['class'] === 'FUNCTION' && tracer.names.aggregates.has(name));
  return isAggregate ? { ...inner, kind: 'aggregation' } : inner;
}

function resolveReference(path: readonly string[], scope: Scope | null): TracedColumn {
  const [first = '', second] = path.map((part) => part.toLowerCase());
  for (let one = scope; one !== null; one = one.outer) {
    const qualified = second === undefined ? undefined : one.relations.find(({ name }) => name === first);
    if (qualified !== undefined && second !== undefined) return findColumn(qualified, second) ?? unknownColumn;
    const found = one.relations.map((relation) => findColumn(relation, first)).find((column) => column !== undefined);
    if (found !== undefined) return found;
    const aliases = one.aliases.get(first);
    if (aliases !== undefined) return aliases;
    if (one.relations.some(({ columns }) => columns === null)) return unknownColumn;
  }
  return unknownColumn;
}

const noSources: TracedColumn = { name: '', kind: 'transformation', sources: [] };
const unknownColumn: TracedColumn = { name: '', kind: 'transformation', sources: null };

function findColumn({ columns }: Relation, name: string): TracedColumn | undefined {
  return columns?.find((column) => column.name.toLowerCase() === name);
}

/** Renames columns by a list such as `t(a, b)`; further columns keep their names. */
function applyAliases(columns: readonly TracedColumn[] | null, names: unknown): readonly TracedColumn[] | null {
  if (columns === null || !Array.isArray(names) || names.length === 0) return columns;
  return columns.map((column, index) => ({ ...column, name: String(names[index] ?? column.name) }));
}

function combine(parts: readonly TracedColumn[]): TracedColumn {
  const from = new Map<string, ColumnRef>();
  for (const part of parts) {
    if (part.sources === null) return unknownColumn;
    for (const name of part.sources) from.set(`${name.dataset}.${name.column}`, name);
  }
  const isAggregate = parts.some(({ kind, sources: some }) => kind === 'aggregation' && some !== null);
  return { name: '', kind: isAggregate ? 'aggregation' : 'transformation', sources: [...from.values()] };
}

function combinePair(one: TracedColumn, other: TracedColumn | undefined, name: string): TracedColumn {
  if (other === undefined) return { ...unknownColumn, name };
  const kind = one.kind === 'identity' && other.kind === 'identity' ? 'identity' : combine([one, other]).kind;
  return { ...combine([one, other]), kind, name };
}

function getText(node: JsonObject, key: string): string {
  const text = node[key];
  return typeof text === 'string' ? text : '';
}

function getList(node: unknown, key: string): readonly unknown[] {
  const list = isRecord(node) ? node[key] : null;
  return Array.isArray(list) ? list : [];
}
