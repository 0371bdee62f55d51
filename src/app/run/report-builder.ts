import type { RunEvent } from '../../core/events.js';
import type { RunRecord } from '../../lineage/records/run-record.js';
import { createReportAccumulator } from '../../outputs/report/report-accumulator.js';
import { renderReportHtml } from '../../outputs/report/html.js';
import { formatReportJson } from '../../outputs/report/json.js';
import type { ApplyStyle } from '../../platform/style.js';
import { formatReportText } from '../../outputs/report/text.js';
import { toRelativePath } from '../../platform/relative-path.js';

/** Builds the report from the events of a run and stores it in the run record. */
export interface ReportBuilder {
  handle(event: RunEvent): void;
  text(style: ApplyStyle, width: number): string;
  write(): Promise<void>;
}

function formatFolder(record: RunRecord): string | null {
  const folder = record.folder();
  return folder === null ? null : toRelativePath(folder);
}

export function createReportBuilder(record: RunRecord): ReportBuilder {
  const accumulator = createReportAccumulator();
  return {
    handle(event) {
      accumulator.add(event);
    },
    text: (style, width) => {
      const report = accumulator.report();
      return report === null ? '' : formatReportText(report, { style, width, folder: formatFolder(record) });
    },
    async write() {
      const report = accumulator.report();
      if (report === null) return;
      await record.write('report.txt', formatReportText(report, { folder: record.folder() }));
      await record.write('report.json', formatReportJson(report));
      await record.write('report.html', renderReportHtml(report));
    },
  };
}
