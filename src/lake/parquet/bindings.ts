/*
 * DuckDB's own functions, below the package's comfortable interface: the only way to hand it a column as a block of memory
 * instead of value by value. In a file of its own, so that it can be loaded when first needed.
 */
export { default as bindings } from '@duckdb/node-bindings';
