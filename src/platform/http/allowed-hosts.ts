import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';

/** The hosts to which connections are allowed. */
export interface AllowedHosts {
  /** Whether there is a list; without one, every host is allowed, and no redirect is followed. */
  readonly isRestricted: boolean;
  allows(host: string, port: number): boolean;
}

export const anyHost: AllowedHosts = { isRestricted: false, allows: () => true };

/** `host`, `host:port`, `.domain` for all names below it, and `[::1]:port`. */
const entryPattern = /^(\[[0-9a-f:.]+\]|\.?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::(\d{1,5}))?$/;

/** Parses a list of hosts, separated by commas or spaces; the error is the entry that is no host. */
export function parseAllowedHosts(text: string): Result<AllowedHosts, string> {
  const rules: { readonly name: string; readonly port: number | null }[] = [];
  for (const entry of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const [, name = '', port] = entryPattern.exec(entry.toLowerCase()) ?? [];
    if (name === '') return err(entry);
    rules.push({ name: stripBrackets(name), port: port === undefined ? null : Number(port) });
  }
  return ok({
    isRestricted: true,
    allows: (host, port) =>
      rules.some((rule) => matchesHostName(host, rule.name) && (rule.port === null || rule.port === port)),
  });
}

/** Whether a name is the one of a rule, or below it if the rule starts with a dot. */
export function matchesHostName(host: string, rule: string): boolean {
  const name = stripBrackets(host.toLowerCase()).replace(/\.$/, '');
  return rule.startsWith('.') ? name.endsWith(rule) : name === rule;
}

/** The port of an HTTP URL. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function stripBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
