/** An identifier for DuckDB and PostgreSQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text for DuckDB, and for PostgreSQL with standard strings. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
