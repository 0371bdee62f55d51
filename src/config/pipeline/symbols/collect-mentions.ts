import type { Location } from '../../../core/diagnostic.js';
import { symbolFileKind } from '../files/file-kinds.js';
import { resolveFrom } from '../files/read-with-includes.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { PipelineFile, SymbolEntry } from '../schema.generated.js';
import { checkSymbolSettings } from './symbol-settings.js';
import type { SymbolSettings } from './symbol-settings.js';
import type { SourceTextReader } from '../../yaml/source-texts.js';
import { readSymbolFile } from './read-symbol-file.js';
import { findKeyLocation, findNode, findLocation } from '../../yaml/tree.js';
import type { MapNode, NodePath } from '../../yaml/tree.js';

/** One place that names a symbol, with what it says about it. */
export interface Mention {
  readonly symbol: string;
  /** Said of this symbol alone. */
  readonly settings: SymbolSettings;
  readonly steps: readonly string[] | null;
  readonly container: SymbolContainer;
  readonly location: Location;
}

/** A list or a file that symbols stand in, with what it says of all of them. */
export interface SymbolContainer {
  readonly group: string | null;
  readonly settings: SymbolSettings;
  readonly steps: readonly string[] | null;
}

const noSettings: SymbolSettings = {};

/** All that is said about symbols. */
export interface CollectedMentions {
  readonly mentions: readonly Mention[];
  /** False when a file could not be read, or not all of it: that a symbol is missing means nothing then. */
  readonly isComplete: boolean;
}

/** Every mention of a symbol in the pipeline, its groups and the files that they name, as written. */
export async function collectMentions(
  file: PipelineFile,
  root: MapNode,
  reader: SourceTextReader,
  knownCalendars: readonly string[],
  report: ReportDiagnostic,
): Promise<CollectedMentions> {
  const mentions: Mention[] = [];
  let isComplete = true;

  const check = (settings: SymbolSettings, path: NodePath): void => {
    checkSymbolSettings(settings, knownCalendars, (name) => findLocation(root, [...path, name]), report);
  };

  async function addList(
    list: readonly (string | SymbolEntry)[],
    path: NodePath,
    container: SymbolContainer,
  ): Promise<void> {
    const node = findNode(root, path);
    const itemNodes = node?.kind === 'list' ? node.items : [];
    for (const [index, entry] of list.entries()) {
      const item = itemNodes[index];
      if (item === undefined) continue;
      if (typeof entry === 'string') {
        mentions.push({ symbol: entry, settings: noSettings, steps: null, container, location: item.location });
        continue;
      }
      const entryPath = [...path, index];
      check(entry, entryPath);
      if (entry.symbol !== undefined && entry.file !== undefined) {
        const location = findKeyLocation(root, [...entryPath, 'file']);
        report(
          problem('two-in-one-entry', location, 'an entry is a `symbol` or a `file` of them, not both', {
            suggestion: 'make two entries of it',
          }),
        );
        continue;
      }
      if (entry.symbol !== undefined) {
        const location = findLocation(root, [...entryPath, 'symbol']);
        mentions.push({ symbol: entry.symbol, settings: entry, steps: entry.steps ?? null, container, location });
      }
      if (entry.file !== undefined) await addFile(entry, entry.file, [...entryPath, 'file'], container);
    }
  }

  async function addFile(entry: SymbolEntry, name: string, path: NodePath, parent: SymbolContainer): Promise<void> {
    const location = findLocation(root, path);
    const target = resolveFrom(location.file, name);
    const text = await reader.read(target, symbolFileKind, location);
    if (text === null) {
      isComplete = false;
      return;
    }
    const container: SymbolContainer = {
      group: parent.group,
      settings: { ...parent.settings, ...pickSettings(entry) },
      steps: entry.steps ?? parent.steps,
    };
    const rows = readSymbolFile(target, text, knownCalendars, (diagnostic) => {
      isComplete = false;
      report(diagnostic);
    });
    for (const row of rows) {
      mentions.push({ symbol: row.symbol, settings: row.settings, steps: null, container, location: row.location });
    }
  }

  await addList(file.symbols ?? [], ['symbols'], { group: null, settings: noSettings, steps: null });
  for (const [name, group] of Object.entries(file.groups ?? {})) {
    const path = ['groups', name];
    check(group, path);
    const container: SymbolContainer = { group: name, settings: pickSettings(group), steps: group.steps ?? null };
    await addList(group.symbols, [...path, 'symbols'], container);
  }
  return { mentions, isComplete };
}

function pickSettings({ kind, exchange, currency, calendar, priority }: SymbolSettings): SymbolSettings {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(exchange === undefined ? {} : { exchange }),
    ...(currency === undefined ? {} : { currency }),
    ...(calendar === undefined ? {} : { calendar }),
    ...(priority === undefined ? {} : { priority }),
  };
}
