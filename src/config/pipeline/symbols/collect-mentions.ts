import { omitUndefined } from '../../../platform/omit-undefined.js';
import type { Location } from '../../../core/diagnostic.js';
import { symbolFileKind } from '../files/file-kinds.js';
import { resolveFrom } from '../files/read-with-includes.js';
import { problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { PipelineFile, SymbolEntry } from '../schema.generated.js';
import type { InstrumentIds } from '../../../core/series.js';
import { readInstrumentIds } from './instrument-ids.js';
import { checkBareSymbol } from './check-bare-symbol.js';
import { checkSymbolQuery, readDatabaseSymbols } from './database-symbols.js';
import type { QuerySymbols } from './database-symbols.js';
import { checkSymbolSettings } from './symbol-settings.js';
import type { SymbolSettings } from './symbol-settings.js';
import type { SourceTextReader } from '../../yaml/source-texts.js';
import { readSymbolFile } from './read-symbol-file.js';
import { findKeyLocation, findNode, findLocation } from '../../yaml/tree.js';
import type { MapNode, NodePath } from '../../yaml/tree.js';

/** One location that names a symbol, with its settings there. */
export interface Mention {
  readonly symbol: string;
  /** Settings of this symbol only. */
  readonly settings: SymbolSettings;
  /** Null if the symbol identifies the instrument. */
  readonly ids: InstrumentIds | null;
  readonly steps: readonly string[] | null;
  readonly container: SymbolContainer;
  readonly location: Location;
}

/** A list or file of symbols, with the settings of all its symbols. */
export interface SymbolContainer {
  readonly group: string | null;
  readonly settings: SymbolSettings;
  readonly steps: readonly string[] | null;
}

const noSettings: SymbolSettings = {};

export interface CollectedMentions {
  readonly mentions: readonly Mention[];
  /** False if a file could not be read completely, so that symbols may be missing. */
  readonly isComplete: boolean;
  /** Where symbols are those of an earlier answer of a database, a sentence each. */
  readonly outdated: readonly string[];
}

/** What the symbols of a pipeline depend on besides its files. */
export interface MentionSources {
  readonly knownCalendars: readonly string[];
  readonly querySymbols: QuerySymbols;
}

/** State of a collection; `mentions` and `isComplete` change while files are read. */
interface Collection {
  readonly root: MapNode;
  readonly reader: SourceTextReader;
  readonly knownCalendars: readonly string[];
  readonly report: ReportDiagnostic;
  readonly mentions: Mention[];
  isComplete: boolean;
  readonly outdated: string[];
  readonly querySymbols: QuerySymbols;
}

/** Collects every mention of a symbol in the pipeline, its groups and their symbol files, in file order. */
export async function collectMentions(
  file: PipelineFile,
  root: MapNode,
  reader: SourceTextReader,
  { knownCalendars, querySymbols }: MentionSources,
  report: ReportDiagnostic,
): Promise<CollectedMentions> {
  const collection: Collection = {
    ...{ root, reader, knownCalendars, report, querySymbols },
    mentions: [],
    isComplete: true,
    outdated: [],
  };
  await addList(file.symbols ?? [], ['symbols'], { group: null, settings: noSettings, steps: null }, collection);
  for (const [name, group] of Object.entries(file.groups ?? {})) {
    const path = ['groups', name];
    checkSettings(group, path, collection);
    const container: SymbolContainer = { group: name, settings: pickSettings(group), steps: group.steps ?? null };
    await addList(group.symbols, [...path, 'symbols'], container, collection);
  }
  const { mentions, isComplete, outdated } = collection;
  return { mentions, isComplete, outdated };
}

function checkSettings(settings: SymbolSettings, path: NodePath, { root, knownCalendars, report }: Collection): void {
  checkSymbolSettings(settings, knownCalendars, (name) => findLocation(root, [...path, name]), report);
}

async function addList(
  list: readonly (string | SymbolEntry)[],
  path: NodePath,
  container: SymbolContainer,
  collection: Collection,
): Promise<void> {
  const { root, mentions, report } = collection;
  const node = findNode(root, path);
  const itemNodes = node?.kind === 'list' ? node.items : [];
  for (const [index, entry] of list.entries()) {
    const item = itemNodes[index];
    if (item === undefined) continue;
    if (typeof entry === 'string') {
      if (!checkBareSymbol(entry, item, report)) continue;
      mentions.push({
        symbol: entry,
        settings: noSettings,
        ids: null,
        steps: null,
        container,
        location: item.location,
      });
      continue;
    }
    const entryPath = [...path, index];
    checkSettings(entry, entryPath, collection);
    const ids = readInstrumentIds(entry, (name) => findLocation(root, [...entryPath, name]), report);
    const [source, other] = (['symbol', 'file', 'postgres'] as const).filter((key) => entry[key] !== undefined);
    if (source !== undefined && other !== undefined) {
      const location = findKeyLocation(root, [...entryPath, other]);
      const message =
        other === 'file'
          ? 'an entry has a `symbol` or a `file`, not both'
          : `an entry has \`${source}\` or \`postgres\`, not both`;
      report(problem('ambiguous-entry', location, message, { suggestion: 'split it into two entries' }));
      continue;
    }
    if (entry.where !== undefined && entry.postgres === undefined)
      report(
        problem(
          'ambiguous-entry',
          findKeyLocation(root, [...entryPath, 'where']),
          '`where` selects rows of `postgres`',
          {
            suggestion: 'remove it, or add `postgres`',
          },
        ),
      );
    if (entry.symbol !== undefined) {
      const location = findLocation(root, [...entryPath, 'symbol']);
      const { symbol, steps = null } = entry;
      mentions.push({ symbol, settings: entry, ids, steps, container, location });
    }
    if (entry.file !== undefined) await addFile(entry, entry.file, [...entryPath, 'file'], container, collection);
    if (entry.postgres !== undefined) await addDatabase(entry, entry.postgres, entryPath, container, collection);
  }
}

function createContainer(entry: SymbolEntry, parent: SymbolContainer): SymbolContainer {
  return {
    group: parent.group,
    settings: { ...parent.settings, ...pickSettings(entry) },
    steps: entry.steps ?? parent.steps,
  };
}

async function addDatabase(
  entry: SymbolEntry,
  url: string,
  path: NodePath,
  parent: SymbolContainer,
  collection: Collection,
): Promise<void> {
  const { root, report, querySymbols, mentions } = collection;
  // Not the address itself: a problem there shows nothing of it, and not the failure either.
  const location = findKeyLocation(root, [...path, 'postgres']);
  const query = { url, condition: entry.where ?? 'true' };
  const answer = checkSymbolQuery(query, location, report) ? await querySymbols(query) : null;
  const symbols = answer === null ? null : readDatabaseSymbols(answer, location, report);
  if (symbols === null || answer?.kind !== 'rows') {
    collection.isComplete = false;
    return;
  }
  if (answer.outdated !== null) {
    collection.outdated.push(answer.outdated);
    report(warning('outdated-symbols', location, answer.outdated));
  }
  const container = createContainer(entry, parent);
  for (const { symbol, settings } of symbols)
    mentions.push({ symbol, settings, ids: null, steps: null, container, location });
}

async function addFile(
  entry: SymbolEntry,
  name: string,
  path: NodePath,
  parent: SymbolContainer,
  collection: Collection,
): Promise<void> {
  const location = findLocation(collection.root, path);
  const target = resolveFrom(location.file, name);
  const text = await collection.reader.read(target, symbolFileKind, location);
  if (text === null) {
    collection.isComplete = false;
    return;
  }
  const container = createContainer(entry, parent);
  const report: ReportDiagnostic = (diagnostic) => {
    collection.isComplete = false;
    collection.report(diagnostic);
  };
  const rows = readSymbolFile(target, text, collection.knownCalendars, report, () => collection.reader.conceal(target));
  for (const row of rows) {
    const { symbol, settings } = row;
    collection.mentions.push({ symbol, settings, ids: null, steps: null, container, location: row.location });
  }
}

function pickSettings({ kind, exchange, currency, calendar, priority }: SymbolSettings): SymbolSettings {
  return {
    ...omitUndefined({ kind, exchange, currency, calendar, priority }),
  };
}
