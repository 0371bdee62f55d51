import type { RunEvent } from '../core/events.js';
import type { RunRecord } from '../lineage/run-record.js';
import { reportFold } from '../report/fold.js';
import { reportHtml } from '../report/html.js';
import { reportJson } from '../report/json.js';
import type { Paint } from '../report/paint.js';
import { reportText } from '../report/text.js';
import { shortPath } from './short-path.js';

/** Sums a run up while it goes on, and puts the report beside its record. */
export interface ReportKeeper {
  take(event: RunEvent): void;
  text(paint: Paint, width: number): string;
  write(): Promise<void>;
}

function shownFolder(record: RunRecord): string | null {
  const folder = record.folder();
  return folder === null ? null : shortPath(folder);
}

export function reportKeeper(record: RunRecord): ReportKeeper {
  const fold = reportFold();
  return {
    take(event) {
      fold.add(event);
    },
    text: (paint, width) => {
      const report = fold.report();
      return report === null ? '' : reportText(report, { paint, width, folder: shownFolder(record) });
    },
    async write() {
      const report = fold.report();
      if (report === null) return;
      await record.write('report.txt', reportText(report, { folder: record.folder() }));
      await record.write('report.json', reportJson(report));
      await record.write('report.html', reportHtml(report));
    },
  };
}
