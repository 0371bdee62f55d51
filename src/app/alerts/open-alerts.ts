import { createAlertStore } from '../../outputs/alerts/alert-store.js';
import { listOpenAlerts } from '../../outputs/panels/write-panels.js';
import type { OpenAlert } from '../../outputs/panels/write-panels.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { Folders } from '../context.js';

export type PipelineAlert = OpenAlert & { readonly pipeline: string };

/** The open alerts of one pipeline, or of all. */
export async function readOpenAlerts(
  { dataFolder }: Pick<Folders, 'dataFolder'>,
  only?: string,
): Promise<readonly PipelineAlert[]> {
  const store = createAlertStore(dataFolder, nodeFiles);
  const pipelines = only === undefined ? await store.pipelines() : [only];
  const found = await Promise.all(
    pipelines.map(async (pipeline) =>
      listOpenAlerts((await store.read(pipeline)).values()).map((alert) => ({ pipeline, ...alert })),
    ),
  );
  // The order of alerts that started at the same time must not change between calls.
  const key = ({ pipeline, rule, subject }: PipelineAlert): string => [pipeline, rule, subject].join('\n');
  return found.flat().sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
