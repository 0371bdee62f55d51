import { basename } from 'node:path';

import { importFields } from '../../core/import-layout.js';
import type { ImportField, ImportLayout } from '../../core/import-layout.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { closestMatch } from '../../platform/suggest.js';
import type { ImportSettings } from './import-settings.js';

/** A layout with the positions of its columns in one file. */
export interface ResolvedLayout {
  readonly layout: ImportLayout;
  readonly columnCount: number;
  readonly positions: Readonly<Partial<Record<ImportField, number>>>;
  readonly filters: readonly { readonly position: number; readonly values: ReadonlySet<string> }[];
}

/** Finds the layout that fits the columns of a file; an error names what the file lacks. */
export function resolveLayout(
  layouts: readonly ImportLayout[],
  names: readonly string[] | null,
): Result<ResolvedLayout, string> {
  let problem: string | null = null;
  for (const layout of layouts) {
    const resolved = resolveOne(layout, layout.header ?? names ?? []);
    if (resolved.ok) return resolved;
    problem ??= resolved.error;
  }
  return err(problem ?? 'no layout');
}

function resolveOne(layout: ImportLayout, names: readonly string[]): Result<ResolvedLayout, string> {
  const byName = new Map<string, number>();
  for (const [position, name] of names.entries()) {
    const key = name.trim().toLowerCase();
    if (!byName.has(key)) byName.set(key, position);
  }
  const find = (name: string): number | undefined => byName.get(name.toLowerCase());
  const positions: Partial<Record<ImportField, number>> = {};
  const needed = importFields.flatMap((field) => {
    const name = layout.columns[field];
    return name === undefined ? [] : [{ field, name }];
  });
  for (const { field, name } of needed) {
    const position = find(name);
    if (position === undefined) return err(describeMissing(name, names));
    positions[field] = position;
  }
  const filters: { position: number; values: ReadonlySet<string> }[] = [];
  for (const { column, values } of layout.filters) {
    const position = find(column);
    if (position === undefined) return err(describeMissing(column, names));
    filters.push({ position, values: new Set(values) });
  }
  return ok({ layout, columnCount: names.length, positions, filters });
}

function describeMissing(name: string, names: readonly string[]): string {
  const shown = names.filter((one) => one !== '');
  if (shown.length === 0) return `the file has no line of column names; set \`header\``;
  const closest = closestMatch(name, shown);
  const hint = closest === null ? `its columns: ${shown.slice(0, 12).join(', ')}` : `did you mean ${closest}?`;
  return `the file has no column ${name}; ${hint}`;
}

/** Finds the symbol of a file by its name: the longest symbol or alias that the name begins with. Null for none. */
export function findFileSymbol(
  path: string,
  { symbols, aliases }: Pick<ImportSettings, 'symbols' | 'aliases'>,
): string | null {
  const name = basename(path).toUpperCase();
  const candidates = [...Object.keys(aliases), ...symbols.keys()].filter((candidate) => {
    const upper = candidate.toUpperCase();
    return name.startsWith(upper) && !/[A-Z0-9]/.test(name[upper.length] ?? '');
  });
  const [longest] = candidates.sort((a, b) => b.length - a.length);
  return longest === undefined ? null : (aliases[longest] ?? longest);
}
