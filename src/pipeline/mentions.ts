import type { Place } from '../core/diagnostic.js';
import { symbolFile } from './file-kinds.js';
import { pathBeside } from './include.js';
import { problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import type { PipelineFile, SymbolEntry } from './schema.generated.js';
import { checkSettings } from './settings.js';
import type { SymbolSettings } from './settings.js';
import type { SourceReader } from '../yaml/sources.js';
import { readSymbolFile } from './symbol-file.js';
import { keyPlaceAt, nodeAt, placeAt } from '../yaml/tree.js';
import type { MapNode, Path } from '../yaml/tree.js';

/** One place that names a symbol, with what it says about it. */
export interface Mention {
  readonly symbol: string;
  /** Said of this symbol alone. */
  readonly own: SymbolSettings;
  readonly ownSteps: readonly string[] | null;
  readonly container: Container;
  readonly place: Place;
}

/** A list or a file that symbols stand in, with what it says of all of them. */
export interface Container {
  readonly group: string | null;
  readonly settings: SymbolSettings;
  readonly steps: readonly string[] | null;
}

const nothing: SymbolSettings = {};

/** All that is said about symbols. */
export interface Mentions {
  readonly mentions: readonly Mention[];
  /** False when a file could not be read, or not all of it: that a symbol is missing means nothing then. */
  readonly isComplete: boolean;
}

/** Every mention of a symbol in the pipeline, its groups and the files that they name, as written. */
export async function collectMentions(
  file: PipelineFile,
  root: MapNode,
  reader: SourceReader,
  knownCalendars: readonly string[],
  report: Report,
): Promise<Mentions> {
  const mentions: Mention[] = [];
  let isComplete = true;

  const check = (settings: SymbolSettings, path: Path): void => {
    checkSettings(settings, knownCalendars, (name) => placeAt(root, [...path, name]), report);
  };

  async function addList(list: readonly (string | SymbolEntry)[], path: Path, container: Container): Promise<void> {
    const node = nodeAt(root, path);
    const places = node?.kind === 'list' ? node.items : [];
    for (const [index, entry] of list.entries()) {
      const item = places[index];
      if (item === undefined) continue;
      if (typeof entry === 'string') {
        mentions.push({ symbol: entry, own: nothing, ownSteps: null, container, place: item.place });
        continue;
      }
      const entryPath = [...path, index];
      check(entry, entryPath);
      if (entry.symbol !== undefined && entry.file !== undefined) {
        const place = keyPlaceAt(root, [...entryPath, 'file']);
        report(
          problem('two-in-one-entry', place, 'an entry is a `symbol` or a `file` of them, not both', {
            suggestion: 'make two entries of it',
          }),
        );
        continue;
      }
      if (entry.symbol !== undefined) {
        const place = placeAt(root, [...entryPath, 'symbol']);
        mentions.push({ symbol: entry.symbol, own: entry, ownSteps: entry.steps ?? null, container, place });
      }
      if (entry.file !== undefined) await addFile(entry, entry.file, [...entryPath, 'file'], container);
    }
  }

  async function addFile(entry: SymbolEntry, name: string, path: Path, around: Container): Promise<void> {
    const place = placeAt(root, path);
    const target = pathBeside(place.file, name);
    const text = await reader.read(target, symbolFile, place);
    if (text === null) {
      isComplete = false;
      return;
    }
    const container: Container = {
      group: around.group,
      settings: { ...around.settings, ...onlySettings(entry) },
      steps: entry.steps ?? around.steps,
    };
    const rows = readSymbolFile(target, text, knownCalendars, (diagnostic) => {
      isComplete = false;
      report(diagnostic);
    });
    for (const row of rows) {
      mentions.push({ symbol: row.symbol, own: row.settings, ownSteps: null, container, place: row.place });
    }
  }

  await addList(file.symbols ?? [], ['symbols'], { group: null, settings: nothing, steps: null });
  for (const [name, group] of Object.entries(file.groups ?? {})) {
    const path = ['groups', name];
    check(group, path);
    const container: Container = { group: name, settings: onlySettings(group), steps: group.steps ?? null };
    await addList(group.symbols, [...path, 'symbols'], container);
  }
  return { mentions, isComplete };
}

function onlySettings({ kind, exchange, currency, calendar, priority }: SymbolSettings): SymbolSettings {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(exchange === undefined ? {} : { exchange }),
    ...(currency === undefined ? {} : { currency }),
    ...(calendar === undefined ? {} : { calendar }),
    ...(priority === undefined ? {} : { priority }),
  };
}
