import type { ColumnName, ColumnOrigin, StatementOrigins } from '../../core/own-tables.js';
import { isObject } from '../delta/actions.js';

/** What has to be known to resolve the names in a statement. */
export interface KnownNames {
  /** The columns of every table, in order. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** Functions that make one value of several rows. */
  readonly aggregates: ReadonlySet<string>;
}

/** A column while it is followed; `from` is null where it cannot be told what it is made of. */
interface Traced {
  readonly name: string;
  readonly kind: ColumnOrigin['kind'];
  readonly from: readonly ColumnName[] | null;
}

/** What stands behind FROM under one name; `columns` is null where they are not known. */
interface Relation {
  readonly name: string;
  readonly columns: readonly Traced[] | null;
}

type Relations = ReadonlyMap<string, readonly Traced[] | null>;

interface Scope {
  readonly relations: readonly Relation[];
  /** Columns that joins have in common: a star gives them once. */
  readonly shared: ReadonlySet<string>;
  readonly ctes: Relations;
  /** What was named further left in the same list. */
  readonly earlier: Map<string, Traced>;
  readonly outer: Scope | null;
}

/**
 * Where the columns of a statement's result come from, by its parsed form. Columns whose origins cannot be told are left
 * out; when the columns cannot even be counted, all are.
 */
export function columnOrigins(tree: unknown, result: readonly string[], known: KnownNames): StatementOrigins {
  const rows = new Map<string, ColumnName>();

  function query(node: unknown, above: Relations, outer: Scope | null): readonly Traced[] | null {
    if (!isObject(node)) return null;
    const ctes = withCtes(node['cte_map'], above, outer);
    if (node['type'] === 'SET_OPERATION_NODE') return setOperation(node, ctes, outer);
    return node['type'] === 'SELECT_NODE' ? select(node, ctes, outer) : null;
  }

  function withCtes(map: unknown, above: Relations, outer: Scope | null): Relations {
    const ctes = new Map(above);
    for (const entry of listIn(map, 'map')) {
      if (!isObject(entry) || typeof entry['key'] !== 'string') continue;
      const value = isObject(entry['value']) ? entry['value'] : {};
      const body = isObject(value['query']) ? value['query']['node'] : null;
      ctes.set(entry['key'].toLowerCase(), renamed(query(body, ctes, outer), value['aliases']));
    }
    return ctes;
  }

  function setOperation(node: Json, ctes: Relations, outer: Scope | null): readonly Traced[] | null {
    if (String(node['setop_type']).endsWith('BY_NAME')) return null;
    const left = query(node['left'], ctes, outer);
    const right = query(node['right'], ctes, outer);
    if (left === null || right?.length !== left.length) return null;
    return left.map((one, index) => both(one, right[index], one.name));
  }

  function select(node: Json, ctes: Relations, outer: Scope | null): readonly Traced[] | null {
    const shared = new Set<string>();
    const conditions: unknown[] = [];
    const relations = from(node['from_table'], ctes, outer, shared, conditions);
    const scope: Scope = { relations, shared, ctes, earlier: new Map(), outer };
    for (const part of [
      ...conditions,
      node['where_clause'],
      node['group_expressions'],
      node['having'],
      node['qualify'],
    ])
      for (const name of trace(part, scope).from ?? []) rows.set(`${name.dataset}.${name.column}`, name);
    for (const column of shared) {
      for (const found of relations.flatMap((one) => columnOf(one, column)?.from ?? []))
        rows.set(`${found.dataset}.${found.column}`, found);
    }
    const columns: Traced[] = [];
    for (const item of listIn(node, 'select_list')) {
      const taken = isObject(item) && item['class'] === 'STAR' ? star(item, scope) : [selected(item, scope)];
      if (taken === null) return null;
      columns.push(...taken);
    }
    return columns;
  }

  function selected(item: unknown, scope: Scope): Traced {
    const traced = trace(item, scope);
    const alias = isObject(item) && typeof item['alias'] === 'string' ? item['alias'] : '';
    if (alias === '') return traced;
    const named = { ...traced, name: alias };
    scope.earlier.set(alias.toLowerCase(), named);
    return named;
  }

  function star(item: Json, { relations, shared }: Scope): readonly Traced[] | null {
    const isPlain = ['replace_list', 'rename_list', 'qualified_exclude_list'].every(
      (key) => listIn(item, key).length === 0,
    );
    if (!isPlain || item['columns'] === true || item['expr'] !== null) return null;
    const of = String(item['relation_name']).toLowerCase();
    const excluded = new Set(listIn(item, 'exclude_list').map((name) => String(name).toLowerCase()));
    const seen = new Set<string>();
    const columns: Traced[] = [];
    for (const relation of relations) {
      if (of !== '' && relation.name !== of) continue;
      if (relation.columns === null) return null;
      for (const column of relation.columns) {
        const name = column.name.toLowerCase();
        if (excluded.has(name) || (of === '' && shared.has(name) && seen.has(name))) continue;
        seen.add(name);
        columns.push(column);
      }
    }
    return columns;
  }

  function from(
    node: unknown,
    ctes: Relations,
    outer: Scope | null,
    shared: Set<string>,
    conditions: unknown[],
  ): readonly Relation[] {
    if (!isObject(node)) return [];
    const alias = textIn(node, 'alias').toLowerCase();
    switch (node['type']) {
      case 'EMPTY':
        return [];
      case 'BASE_TABLE': {
        const table = String(node['table_name']).toLowerCase();
        const columns = ctes.has(table) ? (ctes.get(table) ?? null) : tableColumns(table);
        return [{ name: alias === '' ? table : alias, columns: renamed(columns, node['column_name_alias']) }];
      }
      case 'SUBQUERY': {
        const body = isObject(node['subquery']) ? node['subquery']['node'] : null;
        return [{ name: alias, columns: renamed(query(body, ctes, outer), node['column_name_alias']) }];
      }
      case 'JOIN': {
        for (const column of listIn(node, 'using_columns')) shared.add(String(column).toLowerCase());
        conditions.push(node['condition']);
        if (node['ref_type'] === 'NATURAL') return [{ name: alias, columns: null }];
        return [
          ...from(node['left'], ctes, outer, shared, conditions),
          ...from(node['right'], ctes, outer, shared, conditions),
        ];
      }
      default:
        return [{ name: alias, columns: null }];
    }
  }

  function tableColumns(table: string): readonly Traced[] | null {
    const columns = known.tables.get(table);
    return columns?.map((name) => ({ name, kind: 'identity', from: [{ dataset: table, column: name }] })) ?? null;
  }

  /** What an expression is made of: everything that it names. */
  function trace(node: unknown, scope: Scope): Traced {
    if (Array.isArray(node)) return combined(node.map((part: unknown) => trace(part, scope)));
    if (!isObject(node)) return nothing;
    if (node['class'] === 'COLUMN_REF') return reference(listIn(node, 'column_names').map(String), scope);
    if (node['class'] === 'STAR') return node['expr'] === null ? nothing : untold;
    if (node['class'] === 'LAMBDA') return untold;
    if (node['class'] === 'SUBQUERY') {
      const body = isObject(node['subquery']) ? node['subquery']['node'] : null;
      const columns = query(body, scope.ctes, scope);
      return combined([columns === null ? untold : combined(columns), trace(node['child'], scope)]);
    }
    const inner = combined(Object.values(node).map((part) => trace(part, scope)));
    const name = textIn(node, 'function_name').toLowerCase();
    const isAggregate = node['class'] === 'WINDOW' || (node['class'] === 'FUNCTION' && known.aggregates.has(name));
    return isAggregate ? { ...inner, kind: 'aggregation' } : inner;
  }

  function reference(path: readonly string[], scope: Scope | null): Traced {
    const [first = '', second] = path.map((part) => part.toLowerCase());
    for (let one = scope; one !== null; one = one.outer) {
      const qualified = second === undefined ? undefined : one.relations.find(({ name }) => name === first);
      if (qualified !== undefined && second !== undefined) return columnOf(qualified, second) ?? untold;
      const found = one.relations.map((relation) => columnOf(relation, first)).find((column) => column !== undefined);
      if (found !== undefined) return found;
      const earlier = one.earlier.get(first);
      if (earlier !== undefined) return earlier;
      if (one.relations.some(({ columns }) => columns === null)) return untold;
    }
    return untold;
  }

  const columns = query(tree, new Map(), null);
  const traced = columns?.length === result.length ? columns : [];
  return {
    columns: traced.flatMap(({ kind, from: origins }, index) =>
      origins === null ? [] : [{ column: result[index] ?? '', kind, from: origins }],
    ),
    rows: [...rows.values()],
  };
}

type Json = Readonly<Record<string, unknown>>;

const nothing: Traced = { name: '', kind: 'transformation', from: [] };
const untold: Traced = { name: '', kind: 'transformation', from: null };

function columnOf({ columns }: Relation, name: string): Traced | undefined {
  return columns?.find((column) => column.name.toLowerCase() === name);
}

/** Columns under the names given in a list such as `t(a, b)`; those beyond it keep theirs. */
function renamed(columns: readonly Traced[] | null, names: unknown): readonly Traced[] | null {
  if (columns === null || !Array.isArray(names) || names.length === 0) return columns;
  return columns.map((column, index) => ({ ...column, name: String(names[index] ?? column.name) }));
}

function combined(parts: readonly Traced[]): Traced {
  const from = new Map<string, ColumnName>();
  for (const part of parts) {
    if (part.from === null) return untold;
    for (const name of part.from) from.set(`${name.dataset}.${name.column}`, name);
  }
  const isAggregate = parts.some(({ kind, from: some }) => kind === 'aggregation' && some !== null);
  return { name: '', kind: isAggregate ? 'aggregation' : 'transformation', from: [...from.values()] };
}

function both(one: Traced, other: Traced | undefined, name: string): Traced {
  if (other === undefined) return { ...untold, name };
  const kind = one.kind === 'identity' && other.kind === 'identity' ? 'identity' : combined([one, other]).kind;
  return { ...combined([one, other]), kind, name };
}

function textIn(node: Json, key: string): string {
  const text = node[key];
  return typeof text === 'string' ? text : '';
}

function listIn(node: unknown, key: string): readonly unknown[] {
  const list = isObject(node) ? node[key] : null;
  return Array.isArray(list) ? list : [];
}
