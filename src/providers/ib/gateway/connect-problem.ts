/** What stands between us and the gateway. */
export interface ConnectProblem {
  readonly kind:
    | 'refused'
    | 'unreachable'
    | 'hung-up'
    | 'silent'
    | 'unfinished'
    | 'client-id-taken'
    | 'wrong-account'
    | 'too-old'
    | 'broken'
    | 'stopped';
  /** What is the matter and what to do, in words a user can act on. */
  readonly message: string;
  readonly hint: string;
}

interface GatewayEndpoint {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
}

const apiSettingsPath = 'in TWS or IB Gateway under Configuration, API, Settings';

/** The problem in words. */
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
        message: `nothing listens on ${address}`,
        hint:
          'start TWS or IB Gateway and log in, enable its API, and compare the port: TWS uses 7496 (live) and 7497 (paper), ' +
          'IB Gateway 4001 (live) and 4002 (paper)',
      };
    case 'unreachable':
      return {
        kind,
        message: `${address} cannot be reached: ${detail}`,
        hint: 'check the host, the network between here and there, and any firewall',
      };
    case 'hung-up':
      return {
        kind,
        message: `${address} accepts the connection and closes it at once`,
        hint: `${apiSettingsPath} add the address of this machine to the trusted ones, and allow more than localhost`,
      };
    case 'silent':
      return {
        kind,
        message: `${address} accepts the connection and says nothing`,
        hint:
          `${apiSettingsPath} enable ActiveX and socket clients and trust the address of this machine; look for a question on its ` +
          'screen, and make sure that it is a gateway that listens there',
      };
    case 'unfinished':
      return {
        kind,
        message: `${address} begins the handshake and does not end it`,
        hint: 'make sure that the gateway is logged in; a restart helps when it hangs',
      };
    case 'client-id-taken':
      return {
        kind,
        message: `client id ${clientId} and the next few are taken on ${address}`,
        hint: 'end the other programs that use the gateway, or set another client id (IB_CLIENT_ID)',
      };
    case 'wrong-account':
      return {
        kind,
        message: `the gateway on ${address} is logged in to ${detail === '' ? 'no account' : detail}`,
        hint: 'log in with the account of the pipeline, or change the account there',
      };
    case 'too-old':
      return {
        kind,
        message: `the gateway on ${address} is too old or too new for this program (server version ${detail})`,
        hint: 'install a current stable version of TWS or IB Gateway, 10.16 or later',
      };
    case 'broken':
      return {
        kind,
        message: `${address}: ${detail}`,
        hint: 'make sure that it is TWS or IB Gateway that listens there',
      };
    case 'stopped':
      return { kind, message: 'stopped before the connection stood', hint: '' };
  }
}

/** Both in one line. */
export function formatConnectProblem({ message, hint }: ConnectProblem): string {
  return hint === '' ? message : `${message}: ${hint}`;
}
