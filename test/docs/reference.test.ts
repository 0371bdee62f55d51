import { execa } from 'execa';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';

import { parseScenario } from '../../src/config/scenario/load-scenario.js';
import { readDocument, root } from './documents.js';

describe('generated references', () => {
  test('are what scripts/reference.js writes', async () => {
    const { exitCode, stderr } = await execa(process.execPath, [join(root, 'scripts/reference.js'), '--check'], {
      reject: false,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test('have an example of YAML for every section of settings', () => {
    for (const path of ['docs/reference/pipeline-schema.md', 'docs/reference/scenario-schema.md']) {
      const { blocks, text } = readDocument(path);
      const yaml = blocks.filter(({ language }) => language === 'yaml');
      expect(yaml).toHaveLength((text.match(/^\| Setting \|/gm) ?? []).length);
      for (const block of yaml) expect(parse(block.text)).toBeTypeOf('object');
    }
  });

  test('have an example of an event for every type of event', () => {
    const { blocks, text } = readDocument('docs/reference/events.md');
    const types = [...text.matchAll(/^## ([a-z-]+)$/gm)].map(([, type]) => type);
    const examples = blocks.map((block) => (JSON.parse(block.text) as { readonly type: string }).type);
    expect(types.length).toBeGreaterThan(15);
    expect(examples).toEqual(types);
  });
});

describe('docs/reference/scenario-schema.md', () => {
  test('starts with a complete scenario', () => {
    const first = readDocument('docs/reference/scenario-schema.md').blocks[0];
    expect(parseScenario('example.yaml', first?.text ?? '').ok).toBe(true);
  });
});
