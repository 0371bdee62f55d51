import { readWhyOrExit } from '../proof/read-why.js';
import { toWhyDocument } from '../proof/why-document.js';
import type { Handler } from '../../web/server/routes.js';
import type { AppContext } from '../context.js';
import { parseDataset } from './coverage-handler.js';
import type { KnownPipelines } from './known-pipelines.js';

/** Explains one value; what would fetch a missing one is planned with the pipelines of the server. */
export function createWhyHandler(pipelines: KnownPipelines, ctx: AppContext): Handler {
  return async (values) => {
    const answer = await readWhyOrExit(
      {
        symbol: values.text('symbol') ?? '',
        date: values.text('date') ?? '',
        minutes: null,
        dataset: parseDataset(values.text('dataset') ?? ''),
        option: null,
        barSize: values.text('bar'),
        provider: values.text('provider'),
      },
      values.text('column'),
      async () => (await pipelines.list()).flatMap((known) => (known.kind === 'valid' ? [known.pipeline] : [])),
      ctx,
    );
    return { kind: 'json', document: toWhyDocument(answer) };
  };
}
