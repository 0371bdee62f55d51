import { formatProviderError } from '../../../core/failure.js';
import type { Failure } from '../../../core/failure.js';
import { second } from '../../../core/time/time.js';
import { competingSessionHint } from '../failures.js';
import { interpretCode } from './codes.js';
import type { CodeMeaning } from './codes.js';
import type { Notify } from './connector.js';
import type { IbConnection } from './ib-connection.js';
import type { RequestGate } from './request-gate.js';

/** The parts of the client that a message without a request may change. */
export interface SystemMessageDeps {
  readonly gate: RequestGate;
  readonly notify: Notify;
  readonly getConnection: () => IbConnection | null;
  readonly setPort: (port: number) => void;
}

/** Handles a message that belongs to no request: the state of IB, its data farms and this connection. */
export function handleSystemMessage(
  code: number,
  text: string,
  { gate, notify, getConnection, setPort }: SystemMessageDeps,
): void {
  const meaning = interpretCode(code, text);
  const described = formatProviderError(isStatus(meaning.kind) ? 'IB message' : 'IB error', String(code), text);
  const failure: Failure = { kind: 'retryable', code: String(code), message: described };
  const farmName = parseFarmName(text);
  switch (meaning.kind) {
    case 'upstream-lost':
      gate.markUpstreamLost();
      getConnection()?.failAll(failure, null);
      notify('upstream-lost', code, described);
      return;
    case 'upstream-restored':
      gate.markUpstreamRestored();
      if (!meaning.dataKept) getConnection()?.failAll(failure, null);
      notify('upstream-restored', code, described);
      return;
    case 'farm-down':
      gate.markFarmDown(meaning.farm, farmName);
      getConnection()?.failAll(failure, meaning.farm);
      notify('farm-down', code, described);
      return;
    case 'farm-up':
      if (gate.markFarmUp(meaning.farm, farmName)) notify('farm-up', code, described);
      return;
    case 'port-changed': {
      const port = Number(/(\d{2,5})\D*$/.exec(text)?.[1] ?? NaN);
      if (port > 0 && port <= 65_535) setPort(port);
      getConnection()?.abandon(failure);
      notify('port-changed', code, described);
      return;
    }
    case 'competing':
      notify('competing-session', code, `${described}; ${competingSessionHint}`);
      return;
    case 'unexpected':
      notify('unexpected', code, described);
      return;
    case 'failure':
      // The gateway discards the excess message and does not say which request it was.
      if (meaning.failure === 'pacing') gate.pause(meaning.retryAfter ?? 5 * second);
      notify(meaning.failure === 'pacing' ? 'pacing-violation' : 'message', code, described);
      return;
    default:
      notify('message', code, described);
      return;
  }
}

/** Returns whether a message reports a state that needs no action. */
function isStatus(kind: CodeMeaning['kind']): boolean {
  return kind === 'upstream-restored' || kind === 'farm-up' || kind === 'notice';
}

/** `ushmds` in `…connection is OK:ushmds` and in `…available upon demand.ushmds`. */
function parseFarmName(text: string): string {
  return /(?::|upon demand\.)\s*([^:]*)$/.exec(text)?.[1]?.trim() ?? '';
}
