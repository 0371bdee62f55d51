import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { apiPath, useDocument } from './api.ts';
import type { SymbolsDocument } from '../server/documents.ts';
import { useLive } from './live.ts';
import { Empty } from './parts.tsx';
import { linkTo } from './route.ts';

/** Symbols that the list offers at once. */
const maxOffered = 200;

/** What to do where no symbol is chosen yet. */
export function NoSymbol(props: { readonly table?: string; readonly children: string }): JSX.Element {
  const { lakeVersion } = useLive();
  const { table } = props;
  const known = useDocument<SymbolsDocument>(apiPath('symbols'), lakeVersion);
  const isNone =
    known.kind === 'ready' && !known.value.symbols.some(({ tables }) => table === undefined || tables.includes(table));
  if (!isNone) return <Empty title="Choose a symbol.">{props.children}</Empty>;
  return (
    <Empty title={table === undefined ? 'This lake has no symbol yet.' : `No symbol has ${table} yet.`}>
      The <a href={linkTo('plan')}>plan</a> shows what a run would fetch.
    </Empty>
  );
}

/** Chooses a symbol of the lake by typing. */
export function SymbolPicker(props: {
  readonly value: string | null;
  readonly onChange: (symbol: string) => void;
  readonly table?: string;
}): JSX.Element {
  const { lakeVersion } = useLive();
  const known = useDocument<SymbolsDocument>(apiPath('symbols'), lakeVersion);
  const [text, setText] = useState<string | null>(null);
  const { table } = props;
  const all =
    known.kind === 'ready'
      ? known.value.symbols
          .filter(({ tables }) => table === undefined || tables.includes(table))
          .map(({ symbol }) => symbol)
      : [];
  const shown = text ?? props.value ?? '';
  const offered = all
    .filter((symbol) => text === null || symbol.toUpperCase().includes(text.toUpperCase()))
    .slice(0, maxOffered);
  const choose = (typed: string): void => {
    const found = all.find((symbol) => symbol.toUpperCase() === typed.trim().toUpperCase());
    if (found === undefined) {
      setText(typed);
      return;
    }
    setText(null);
    props.onChange(found);
  };
  return (
    <form
      class="find"
      onSubmit={(event) => {
        event.preventDefault();
        choose(shown);
      }}
    >
      <label class="field">
        <span>symbol</span>
        <input
          list="symbols"
          value={shown}
          size={12}
          placeholder={all[0] ?? 'none yet'}
          onFocus={(event) => event.currentTarget.select()}
          onInput={(event) => choose(event.currentTarget.value)}
        />
      </label>
      <datalist id="symbols">
        {offered.map((symbol) => (
          <option key={symbol} value={symbol} />
        ))}
      </datalist>
    </form>
  );
}
