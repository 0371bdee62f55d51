import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the page, in memory: the page has a few, and no path of a request ever reaches the disk. */
export interface StaticFile {
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly zipped: Uint8Array<ArrayBuffer>;
  /** True if its name contains a hash of its content. */
  readonly isImmutable: boolean;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Reads the built page; the keys are the paths of requests, with `/` for the page itself. Empty if it is not built. */
export async function readStaticFiles(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = new Map<string, StaticFile>();
  for (const name of names) {
    const contentType = contentTypes[extname(name)];
    if (contentType === undefined) continue;
    const path = name.split(sep).join('/');
    const bytes = new Uint8Array(await readFile(join(folder, name)));
    files.set(path === 'index.html' ? '/' : `/${path}`, {
      contentType,
      bytes,
      zipped: new Uint8Array(gzipSync(bytes)),
      isImmutable: path.startsWith('assets/'),
    });
  }
  return files;
}
