/** The parts of an address of a PostgreSQL server. */
export interface PostgresUrl {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  /** Empty for the one that is named like the user. */
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Null for the default. */
  readonly sslMode: string | null;
}

/** The values of `sslmode`, as in libpq, and `no-verify`. */
const sslModes: readonly string[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** Parses an address; a text is the problem, without any part of the address: it may contain a password. */
export function parsePostgresUrl(text: string): PostgresUrl | string {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return 'is not a URL of PostgreSQL';
  const { hostname, port, pathname, username, password, searchParams } = new URL(text);
  const decoded = [hostname, pathname.slice(1), username, password].map(decode);
  if (decoded.includes(null)) return 'has a % that no two hexadecimal digits follow';
  const [host = '', database = '', user = '', secret = ''] = decoded.map(String);
  const number = searchParams.get('port') ?? (port === '' ? '5432' : port);
  if (!/^\d{1,5}$/.test(number) || Number(number) < 1 || Number(number) > 65_535)
    return 'has a port outside of 1 to 65535';
  const sslMode = searchParams.get('sslmode');
  if (sslMode !== null && !sslModes.includes(sslMode)) return `has an unknown sslmode; known: ${sslModes.join(', ')}`;
  return {
    host: searchParams.get('host') ?? (host === '' ? 'localhost' : host.replace(/^\[|\]$/g, '')),
    port: Number(number),
    database,
    user,
    password: secret,
    sslMode,
  };
}

export const postgresUrlExample = 'write postgres://user:password@host:5432/database';

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
