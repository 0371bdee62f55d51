/** The reason why no connection to the gateway could be opened. */
export interface ConnectProblem {
  readonly kind:
    | 'refused'
    | 'unreachable'
    | 'closed-by-peer'
    | 'no-response'
    | 'handshake-incomplete'
    | 'client-id-taken'
    | 'wrong-account'
    | 'too-old'
    | 'unsupported'
    | 'broken'
    | 'cancelled';
  readonly message: string;
  readonly hint: string;
}

export interface GatewayEndpoint {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
}

const apiSettingsPath = 'in TWS or IB Gateway under Configuration, API, Settings';

export function createConnectProblem(
  kind: ConnectProblem['kind'],
  endpoint: GatewayEndpoint,
  detail: string,
): ConnectProblem {
  const { host, port, clientId } = endpoint;
  const address = `${host}:${port}`;
  switch (kind) {
    case 'refused':
      return {
        kind,
        message: `cannot connect to IB Gateway at ${address} (connection refused)`,
        hint:
          'start TWS or IB Gateway, log in and enable its API, or set providers.ib.port: TWS listens on 7496 (live) and 7497 ' +
          '(paper), IB Gateway on 4001 (live) and 4002 (paper)',
      };
    case 'unreachable':
      return {
        kind,
        message: `cannot reach IB Gateway at ${address}: ${detail}`,
        hint: 'check the host name, the network and the firewall',
      };
    case 'closed-by-peer':
      return {
        kind,
        message: `${address} accepted the connection and closed it immediately`,
        hint: `${apiSettingsPath} add the address of this machine to the trusted IPs and allow connections from other hosts`,
      };
    case 'no-response':
      return {
        kind,
        message: `${address} accepted the connection and sent no response`,
        hint:
          `${apiSettingsPath} enable ActiveX and socket clients and trust the address of this machine; look for an open dialog ` +
          'in its window, and check that the program on this port is TWS or IB Gateway',
      };
    case 'handshake-incomplete':
      return {
        kind,
        message: `${address} did not complete the handshake`,
        hint: 'check that the gateway is logged in, or restart it',
      };
    case 'client-id-taken':
      return {
        kind,
        message: `client id ${clientId} and the next few are in use on ${address}`,
        hint: 'stop other programs that use the gateway, or set another client id (IB_CLIENT_ID)',
      };
    case 'wrong-account':
      return {
        kind,
        message: `IB Gateway at ${address} is logged in to ${detail === '' ? 'no account' : `another account: ${detail}`}`,
        hint: 'log in with the account of the pipeline, or change providers.ib.account',
      };
    case 'too-old':
      return {
        kind,
        message: `IB Gateway at ${address} is too old: it has server version ${detail}`,
        hint: 'install a stable version of TWS or IB Gateway, 10.16 or later',
      };
    case 'unsupported':
      return {
        kind,
        message: `IB Gateway at ${address} answered with server version ${detail}, which was not offered to it`,
        hint: 'check that the program on this port is TWS or IB Gateway, and install its stable version',
      };
    case 'broken':
      return {
        kind,
        message: `${address}: ${detail}`,
        hint: 'check that the program on this port is TWS or IB Gateway',
      };
    case 'cancelled':
      return { kind, message: 'cancelled before the connection was open', hint: '' };
  }
}

/** Message and hint in one line. */
export function formatConnectProblem({ message, hint }: ConnectProblem): string {
  return hint === '' ? message : `${message}: ${hint}`;
}
