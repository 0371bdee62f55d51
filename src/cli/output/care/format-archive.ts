import type { ArchiveResult } from '../../../lake/archive/archive-months.js';
import { formatBytes, pluralize } from '../../../platform/format.js';
import type { ApplyStyle } from '../../../platform/style.js';
import { joinLines } from '../../../platform/text/escape.js';

export function formatArchive(
  { tables, removed }: ArchiveResult,
  { back, dryRun }: { readonly back?: boolean; readonly dryRun?: boolean },
  style: ApplyStyle,
): string {
  const verb = dryRun === true ? 'to archive' : back === true ? 'moved back' : 'archived';
  return joinLines([
    ...(tables.length === 0 ? [style('quiet', `nothing ${verb}`)] : []),
    ...tables.map(({ dataset, files, bytes, periods }) => {
      const [first = '', last = first] = [periods[0], periods.at(-1)];
      const span = first === last ? first : `${first} to ${last}`;
      return `${style('good', verb)}  ${dataset}: ${pluralize(files, 'file')}, ${formatBytes(bytes)} (${span})`;
    }),
    ...(removed === 0 ? [] : [`deleted ${pluralize(removed, 'file')} of the archive that no table has any more`]),
  ]);
}
