import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { createConnectProblem } from './connect-problem.js';
import type { ConnectProblem, GatewayEndpoint } from './connect-problem.js';

/** The oldest supported gateway: 10.16 of 2022, which reads times in UTC and counts sizes in shares. */
export const minServerVersion = 165;

/** The handshake of one connection: complete when version, accounts and the next id have arrived. */
export interface Handshake {
  readonly done: Promise<Result<void, ConnectProblem>>;
  getServerVersion(): number;
  getAccounts(): readonly string[];
  onServerVersion(version: number): void;
  onAccounts(list: string): void;
  onNextValidId(): void;
  /** Ends the handshake; without effect if it has ended before. */
  fail(kind: ConnectProblem['kind'], detail?: string): void;
  /** Ends the handshake, with `kind` if the gateway has sent nothing at all. */
  failUnfinished(kind: 'no-response' | 'closed-by-peer'): void;
}

export function createHandshake(endpoint: GatewayEndpoint): Handshake {
  let serverVersion = 0;
  let accounts: readonly string[] | null = null;
  let hasId = false;
  let resolveDone: (result: Result<void, ConnectProblem>) => void = () => undefined;
  const done = new Promise<Result<void, ConnectProblem>>((resolve) => (resolveDone = resolve));
  const fail = (kind: ConnectProblem['kind'], detail = ''): void =>
    resolveDone(err(createConnectProblem(kind, endpoint, detail)));
  const finish = (): void => {
    if (accounts !== null && hasId) resolveDone(ok(undefined));
  };
  return {
    done,
    getServerVersion: () => serverVersion,
    getAccounts: () => accounts ?? [],
    onServerVersion(version) {
      serverVersion = version;
      if (Number.isNaN(version)) fail('broken', 'the first message has no server version');
      if (version < minServerVersion) fail('too-old', String(version));
    },
    onAccounts(list) {
      accounts = list.split(',').filter((account) => account !== '');
      finish();
    },
    onNextValidId() {
      hasId = true;
      finish();
    },
    fail,
    failUnfinished: (kind) => fail(serverVersion === 0 ? kind : 'handshake-incomplete'),
  };
}
