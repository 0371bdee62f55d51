import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { createTestNotification } from '../../outputs/alerts/notification.js';
import { sendWithRetry } from '../../outputs/alerts/send-with-retry.js';
import { readAllowedHosts } from '../allowed-hosts.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { createPipelineRedactor } from '../redaction.js';

/** Sends a test notification to a channel of a pipeline; the error explains why it could not be delivered, without secrets. */
export async function sendTestNotification(
  name: string,
  pipeline: Pipeline,
  ctx: Pick<AppContext, 'clock' | 'environment'>,
): Promise<Result<void, string>> {
  const channels = pipeline.notifications.alerts?.channels ?? [];
  const channel = channels.find((one) => one.name === name);
  if (channel === undefined) {
    throw new CliError(
      exitCode.usage,
      `${pipeline.file} has no channel ${name}`,
      channels.length === 0
        ? 'add channels to its section alerts'
        : `known channels: ${channels.map((one) => one.name).join(', ')}`,
    );
  }
  const { signal } = new AbortController();
  const notification = createTestNotification(pipeline.name, ctx.clock.now());
  const allowedHosts = readAllowedHosts(ctx);
  const options = { clock: ctx.clock, signal, attempts: 1, allowedHosts };
  const { problem } = await sendWithRetry(channel, notification, options);
  if (problem === null) return ok(undefined);
  const redact = await createPipelineRedactor(pipeline, ctx);
  return err(redact(`cannot notify ${name} (${channel.kind}): ${problem}`));
}
