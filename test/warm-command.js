// Runs one command line after another in one process, to save the start-up time of the built command. Each call gets its own
// arguments, working folder, environment, output and exit code.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = join(import.meta.dirname, '../dist');
const chunk = readdirSync(join(dist, 'chunks')).find((name) => /^program-.*\.js$/.test(name));
if (chunk === undefined) throw new Error(`${dist} holds no program; build it with npm run build`);
const { main } = await import(pathToFileURL(join(dist, 'chunks', chunk)).href);

for (const stream of ['stdout', 'stderr']) {
  process[stream].write = (text, encoding, callback) => {
    process.send({ stream, text: typeof text === 'string' ? text : Buffer.from(text).toString('utf8') });
    const done = typeof encoding === 'function' ? encoding : callback;
    if (done !== undefined) process.nextTick(done);
    return true;
  };
}

process.on('message', async ({ words, cwd, env }) => {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.argv[0], join(dist, 'main.js'), ...words];
  // Commander reads the exit code of the process, which an earlier call may have set.
  process.exitCode = undefined;
  const exitCode = await main(words, process);
  // Output that is still queued is sent before the exit code.
  setImmediate(() => process.send({ exitCode }));
});
process.send({ ready: true });
