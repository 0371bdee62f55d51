import { join } from 'node:path';

/** Bundles the page in src/web/client into a folder: hashed names, no code or style in the document, so that a strict policy holds. */
export async function buildPage(root, folder) {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: join(root, 'src/web/client'),
    base: '/',
    logLevel: 'warn',
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      // The style has each colour once, with light-dark().
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1_000,
      reportCompressedSize: false,
    },
  });
}
