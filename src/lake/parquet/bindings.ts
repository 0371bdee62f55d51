/*
 * DuckDB's C functions, below the interface of the package: the only way to pass a column as a block of memory instead of value
 * by value. A separate file, so that it can be loaded at the first use.
 */
export { default as bindings } from '@duckdb/node-bindings';
