import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { systemClock } from '../../core/time/clock.js';
import { second } from '../../core/time/time.js';
import { LakeError } from '../../lake/lake-error.js';
import { QueryError } from '../../lake/reader/run-query.js';
import { errorMessage } from '../../platform/error-message.js';
import { describeFailedOperation, isFileError, suggestFileRemedy } from '../../platform/files/describe-file-error.js';
import { packageRoot } from '../../platform/package-root.js';
import { createRedactor } from '../../platform/redact.js';
import { isLoopback } from '../../web/server/access.js';
import type { AccessRules } from '../../web/server/access.js';
import type { Actions } from '../../web/server/actions.js';
import type { DoctorDocument } from '../../web/server/documents.js';
import { createEventStream } from '../../web/server/event-stream.js';
import { RequestProblem } from '../../web/server/routes.js';
import { readStaticFiles } from '../../web/server/static-files.js';
import type { Problem } from '../../web/server/responses.js';
import { createWebApp } from '../../web/server/web-app.js';
import { CliError } from '../cli-error.js';
import type { AppContext, Environment } from '../context.js';
import { exitCode } from '../exit-code.js';
import { diagnoseProvider, targetProvider } from '../providers/diagnose-provider.js';
import { findSecrets } from '../redaction.js';
import { version } from '../version.js';
import { createKnownPipelines } from './known-pipelines.js';
import { createLakeStateCache } from './lake-state.js';
import { createLiveRuns } from './live-runs.js';
import { buildNow, describeUnreadable } from './now-handler.js';
import type { NowContext } from './now-handler.js';
import { createRunStarter } from './start-run.js';
import { createHandlers, findPipeline } from './web-handlers.js';

export interface WebOptions {
  /** Pipeline files and folders whose pipelines the page shows and starts. */
  readonly paths: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly isReadOnly: boolean;
}

/** The page with its API, without a server of its own. */
export interface Web {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** The secret that actions need. */
  readonly token: string;
  /** Returns whether a request is one for the stream of events, which does not end. */
  readonly isStream: (request: IncomingMessage) => boolean;
  close(): void;
}

/** The interval between two looks at the lake while a page is open. */
const pollInterval = second;

/** In polls: the state of the collector, alerts and due times change without a commit. */
const pollsBetweenOverviews = 5;

/** Creates the page of a lake. It follows the lake and the run records, whichever processes write them. */
export async function createWeb(options: WebOptions, ctx: AppContext): Promise<Web> {
  const { environment } = ctx;
  const access = createAccessRules(options, environment);
  const pipelines = createKnownPipelines(options.paths, ctx);
  const lake = createLakeStateCache(ctx);
  const liveRuns = createLiveRuns(ctx);
  const now: NowContext = { folders: ctx, clock: ctx.clock, lake, pipelines, liveRuns };
  const starter = createRunStarter(ctx);
  const events = createEventStream();
  const redact = createRedactor([...findSecrets(environment), access.token]);
  const actions: Actions = {
    async run(request) {
      const pipeline = await findPipeline(request.pipeline, pipelines);
      return { runId: await starter.start(pipeline, request), pipeline: pipeline.name };
    },
    async doctor({ provider }) {
      const { settings } = targetProvider(provider, ctx);
      const used = (await pipelines.list()).flatMap((known) =>
        known.kind === 'valid' && known.pipeline.steps.some((step) => step.provider === provider)
          ? [known.pipeline]
          : [],
      );
      const checks = await diagnoseProvider(provider, used[0]?.providers ?? settings, ctx);
      return { providers: [{ provider, checks }] } satisfies DoctorDocument;
    },
  };
  const describe = (error: unknown): Problem => {
    const problem = describeProblem(error);
    const { message, hint } = problem;
    return { ...problem, message: redact(message), hint: hint === null ? null : redact(hint) };
  };
  const follower = followLake(now, describe, (kind, document) => events.send(kind, document));
  events.onDemand((isWanted) => follower.setWanted(isWanted));
  const handle = createWebApp({
    handlers: createHandlers({ ctx, pipelines, lake, now }),
    actions,
    events,
    files: await readStaticFiles(join(packageRoot, 'dist', 'web')),
    access,
    version: version(),
    describe,
  });
  return {
    handle,
    token: access.token,
    isStream: ({ url = '' }) => url.startsWith('/api/v1/events') || url.startsWith('/api/v1/query'),
    close() {
      follower.setWanted(false);
      events.close();
    },
  };
}

function createAccessRules({ host, isReadOnly }: WebOptions, environment: Environment): AccessRules {
  const given = environment['PIPE_WEB_TOKEN'] ?? '';
  const password = environment['PIPE_WEB_PASSWORD'] ?? '';
  const userHeader = environment['PIPE_WEB_USER_HEADER'] ?? '';
  if (given !== '' && !/^[\w.~-]{16,200}$/.test(given))
    throw new CliError(
      exitCode.usage,
      'PIPE_WEB_TOKEN is not a token: it needs 16 to 200 letters, digits, dots, dashes or underscores',
      'create one with: openssl rand -hex 24',
    );
  if (userHeader !== '' && !/^[\w-]+$/.test(userHeader))
    throw new CliError(exitCode.usage, 'PIPE_WEB_USER_HEADER is not the name of a header', 'such as X-Forwarded-User');
  const token = given === '' ? randomBytes(24).toString('base64url') : given;
  return {
    token,
    isReadOnly,
    protectsReading: !isLoopback(host),
    password: password === '' ? null : password,
    userHeader: userHeader === '' ? null : userHeader.toLowerCase(),
    cookieName: `pipe_${createHash('sha256').update(token).digest('hex').slice(0, 12)}`,
  };
}

/** Looks for changes while a page is open, and sends them to all pages. */
function followLake(
  context: NowContext,
  describe: (error: unknown) => Problem,
  send: (kind: 'lake' | 'runs' | 'now', document: unknown) => void,
): { setWanted(isWanted: boolean): void } {
  let ended: AbortController | null = null;
  let versions = '';
  let runs = '';
  let names = '';

  async function look(polls: number): Promise<void> {
    const nextVersions = await context.lake.readVersions();
    const live = await context.liveRuns.poll();
    const nextRuns = JSON.stringify(live);
    const nextNames = live.map(({ runId, status }) => `${runId} ${status}`).join('\n');
    const isChanged = nextVersions !== versions || nextNames !== names;
    if (nextVersions !== versions) send('lake', { versions: nextVersions });
    if (nextRuns !== runs) send('runs', { runs: live });
    if (isChanged || polls % pollsBetweenOverviews === 0) send('now', await buildNow(context));
    versions = nextVersions;
    runs = nextRuns;
    names = nextNames;
  }

  async function loop(signal: AbortSignal): Promise<void> {
    const isEnded = (): boolean => signal.aborted;
    for (let polls = 0; !isEnded(); polls++) {
      // A lake that cannot be read now is read again.
      await look(polls).catch((error: unknown) => {
        const { message, hint } = describe(error);
        versions = '';
        if (polls % pollsBetweenOverviews === 0) send('now', describeUnreadable(message, hint, context.clock.now()));
      });
      await systemClock.sleepUntil(systemClock.now() + pollInterval, signal).catch(() => undefined);
    }
  }

  return {
    setWanted(isWanted) {
      ended?.abort();
      ended = isWanted ? new AbortController() : null;
      if (ended !== null) void loop(ended.signal);
    },
  };
}

/** What a client sees of an error. The details of a bug stay in the process. */
function describeProblem(error: unknown): Problem {
  if (error instanceof RequestProblem) return { status: error.status, message: error.message, hint: error.hint };
  if (error instanceof CliError) return { status: toStatus(error), message: error.message, hint: error.hint };
  if (error instanceof QueryError) return { status: 400, message: error.message, hint: null };
  if (error instanceof LakeError) return { status: 503, message: error.message, hint: error.hint };
  if (isFileError(error))
    return { status: 503, message: describeFailedOperation(error), hint: suggestFileRemedy(error.code) };
  return { status: 500, message: `unexpected failure; this is a bug: ${errorMessage(error)}`, hint: null };
}

function toStatus({ code, message }: CliError): Problem['status'] {
  switch (code) {
    case exitCode.usage:
      return message.startsWith('no ') ? 404 : 400;
    case exitCode.locked:
      return 409;
    case exitCode.storage:
    case exitCode.provider:
      return 503;
    default:
      return 500;
  }
}
