// Loaded into `pipe run` with --import: writes down how long after its arrival each answer was written to the spool.
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const target = process.env.PIPE_SPOOL_DELAYS;

function record(pieces) {
  const now = Date.now();
  const text = Buffer.concat(pieces).toString('latin1');
  if (!text.startsWith('\x89PSP')) return;
  for (const [, answeredAt] of text.matchAll(/"answeredAt":(\d+)/g))
    fs.appendFileSync(target, `${String(now - Number(answeredAt))}\n`);
}

const { writevSync } = fs;
fs.writevSync = (descriptor, pieces, position) => {
  const written = writevSync(descriptor, pieces, position);
  record(pieces);
  return written;
};
syncBuiltinESMExports();

// Earlier versions wrote in the threads of asynchronous calls.
const handle = await open('/dev/null');
const prototype = Object.getPrototypeOf(handle);
const { writev } = prototype;
prototype.writev = async function (pieces, position) {
  const result = await writev.call(this, pieces, position);
  record(pieces);
  return result;
};
await handle.close();
