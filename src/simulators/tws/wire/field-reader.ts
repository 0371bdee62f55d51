/** Reads the fields of one message in order. Records the first invalid field and returns zeros from there on. */
export interface FieldReader {
  text(): string;
  /** Zero when empty. */
  integer(): number;
  /** Null if empty, zero, or one of the values that mean "not set". */
  number(): number | null;
  boolean(): boolean;
  skip(count: number): void;
  /** TWS's message for the first invalid field; null if there is none. */
  problem(): string | null;
}

/** Larger numbers mean "not set" in some client libraries. */
const unsetThreshold = 1e300;

/** Creates a reader that begins at field `start`. */
export function createFieldReader(fields: readonly string[], start: number): FieldReader {
  let nextIndex = start;
  let problem: string | null = null;

  function text(): string {
    const field = fields[nextIndex++];
    if (field !== undefined) return field;
    problem ??= 'Unable to read the message: it ends too early.';
    return '';
  }

  function readNumeric(pattern: RegExp): number {
    const field = text();
    if (field === '') return 0;
    if (pattern.test(field)) return Number(field);
    if (/^(?:inf(?:inity|inite)?|nan)$/i.test(field)) return Infinity;
    problem ??= `Unable to parse data. For input string: "${field.slice(0, 40)}"`;
    return 0;
  }

  return {
    text,
    integer: () => readNumeric(/^[+-]?\d{1,15}$/),
    number() {
      const value = readNumeric(/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/);
      return value === 0 || Math.abs(value) > unsetThreshold ? null : value;
    },
    boolean: () => /^(?:1|true)$/i.test(text()),
    skip(count) {
      for (let skipped = 0; skipped < count; skipped++) text();
    },
    problem: () => problem,
  };
}
