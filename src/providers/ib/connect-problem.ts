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
  readonly says: string;
  readonly remedy: string;
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
}

const settingsOfApi = 'in TWS or IB Gateway under Configuration, API, Settings';

/** The problem in words. */
export function connectProblem(kind: ConnectProblem['kind'], place: Place, detail: string): ConnectProblem {
  const { host, port, clientId } = place;
  const where = `${host}:${port}`;
  switch (kind) {
    case 'refused':
      return {
        kind,
        says: `nothing listens on ${where}`,
        remedy:
          'start TWS or IB Gateway and log in, enable its API, and compare the port: TWS uses 7496 (live) and 7497 (paper), ' +
          'IB Gateway 4001 (live) and 4002 (paper)',
      };
    case 'unreachable':
      return {
        kind,
        says: `${where} cannot be reached: ${detail}`,
        remedy: 'check the host, the network between here and there, and any firewall',
      };
    case 'hung-up':
      return {
        kind,
        says: `${where} accepts the connection and closes it at once`,
        remedy: `${settingsOfApi} add the address of this machine to the trusted ones, and allow more than localhost`,
      };
    case 'silent':
      return {
        kind,
        says: `${where} accepts the connection and says nothing`,
        remedy:
          `${settingsOfApi} enable ActiveX and socket clients and trust the address of this machine; look for a question on its ` +
          'screen, and make sure that it is a gateway that listens there',
      };
    case 'unfinished':
      return {
        kind,
        says: `${where} begins the handshake and does not end it`,
        remedy: 'make sure that the gateway is logged in; a restart helps when it hangs',
      };
    case 'client-id-taken':
      return {
        kind,
        says: `client id ${clientId} and the next few are taken on ${where}`,
        remedy: 'end the other programs that use the gateway, or set another client id (IB_CLIENT_ID)',
      };
    case 'wrong-account':
      return {
        kind,
        says: `the gateway on ${where} is logged in to ${detail === '' ? 'no account' : detail}`,
        remedy: 'log in with the account of the pipeline, or change the account there',
      };
    case 'too-old':
      return {
        kind,
        says: `the gateway on ${where} is too old or too new for this program (server version ${detail})`,
        remedy: 'install a current stable version of TWS or IB Gateway, 10.16 or later',
      };
    case 'broken':
      return { kind, says: `${where}: ${detail}`, remedy: 'make sure that it is TWS or IB Gateway that listens there' };
    case 'stopped':
      return { kind, says: 'stopped before the connection stood', remedy: '' };
  }
}

/** Both in one line. */
export function connectText({ says, remedy }: ConnectProblem): string {
  return remedy === '' ? says : `${says}: ${remedy}`;
}
