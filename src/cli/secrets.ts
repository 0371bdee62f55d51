/** Names of variables that hold what nobody else may see. */
const secretNames = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|WEBHOOK|CREDENTIAL/i;

/** Shorter values, such as `1`, would be found in every other word. */
const shortest = 8;

/** What of the environment must not appear in anything that is told to others. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && value.length >= shortest && secretNames.test(name) ? [value] : [],
  );
}
