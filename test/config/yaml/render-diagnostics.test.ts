import { describe, expect, it } from 'vitest';
import { toDiagnosticDocuments, renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';
import { loadFiles } from '../pipeline/load-files.js';

const text = 'name: x\nsymbols: [AAPL]\nsteps:\n  contracts: {}\n  equity:\n    needs: contracts\n    lookbak: 1y\n';

describe('diagnostics', () => {
  it('are converted to documents with lines and columns', async () => {
    const loaded = await loadFiles({ 'a.yaml': text });
    if (loaded.ok) throw new Error('valid');
    expect(toDiagnosticDocuments(loaded.diagnostics, loaded.sourceTexts)).toEqual([
      {
        severity: 'error',
        code: 'unknown-key',
        message: '`lookbak` is not a setting of an equity step',
        file: 'a.yaml',
        line: 7,
        column: 5,
        endLine: 7,
        endColumn: 12,
        related: [],
        suggestion: 'did you mean `lookback`?',
      },
    ]);
  });

  it('contain the locations of related diagnostics', async () => {
    const loaded = await loadFiles({ 'a.yaml': 'name: x\nname: y\n' });
    if (loaded.ok) throw new Error('valid');
    expect(toDiagnosticDocuments(loaded.diagnostics, loaded.sourceTexts)).toMatchObject([
      {
        line: 2,
        column: 1,
        related: [{ message: 'the first one', file: 'a.yaml', line: 1, column: 1, endLine: 1, endColumn: 5 }],
      },
    ]);
  });

  it('without a location have null for file, line and column', () => {
    const unlocated = { severity: 'error', code: 'more-problems', message: 'more' } as const;
    expect(toDiagnosticDocuments([unlocated], new Map())).toMatchObject([
      { file: null, line: null, column: null, suggestion: null },
    ]);
    expect(renderDiagnostics([unlocated], new Map(), { color: false })).toBe('error more-problems: more\n');
  });

  it('have the same text with and without colours', async () => {
    const loaded = await loadFiles({ 'a.yaml': text });
    if (loaded.ok) throw new Error('valid');
    const colored = renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: true });
    expect(colored).toContain('\u001b[31merror\u001b[39m');
    expect(colored.replaceAll(/\u001b\[[0-9]+m/g, '')).toBe(
      renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: false }),
    );
  });

  it('never contain control characters of the file', async () => {
    const loaded = await loadFiles({
      'a.yaml': 'name: "\\e[31m"\nsymbols: ["\\u202eA", "\\e]0;x\\a"]\nsteps: { contracts: { refresh: "\\e[2J" } }\n',
    });
    if (loaded.ok) throw new Error('valid');
    const rendered = renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: false });
    expect(rendered).not.toMatch(/[\0-\x09\x0b-\x1f\x7f\u202e]/);
    expect(rendered).toContain('<U+001B>');
  });

  it('underline text with wide and combining characters exactly', async () => {
    const loaded = await loadFiles({
      'a.yaml': 'name: x\ndescription: 漢字 é\u0301\nsymbols: [漢字, A;B]\nsteps: { contracts: {} }\n',
    });
    if (loaded.ok) throw new Error('valid');
    const lines = renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: false }).split('\n');
    expect(lines.slice(1, 3)).toEqual(['  3 | symbols: [漢字, A;B]', '    |           ~~~~']);
  });
});
