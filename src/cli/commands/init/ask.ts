import { createInterface } from 'node:readline';

import { CliError } from '../../../app/cli-error.js';
import { exitCode } from '../../../app/exit-code.js';
import type { Console } from '../../cli-context.js';

/** Reads a value from the text of an answer, or says what is wrong with it. */
export type ReadAnswer<T> = (text: string) => { readonly value: T } | { readonly problem: string };

/** Asks questions in the terminal, one after the other. */
export interface Questions {
  /** Repeats a question until the answer can be read; an empty answer takes the default. */
  ask<T>(question: string, fallback: string, read: ReadAnswer<T>): Promise<T>;
  /** Lets the user choose by number or name. */
  choose<T extends string>(question: string, options: readonly Choice<T>[], fallback: T): Promise<T>;
  confirm(question: string): Promise<boolean>;
  close(): void;
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly text: string;
}

/**
 * Opens a dialog on the terminal. Plain lines and numbers work with every terminal and with screen readers. Ctrl-C, Ctrl-D and a
 * closed terminal end the command before it has written anything.
 */
export function openQuestions({ style }: Pick<Console, 'style'>): Questions {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Lines that the user types ahead wait here for their question.
  const typed: string[] = [];
  let waiting: ((line: string | null) => void) | null = null;
  let isClosed = false;
  const take = (line: string | null): void => {
    const resolve = waiting;
    waiting = null;
    if (resolve !== null) resolve(line);
    else if (line !== null) typed.push(line);
  };
  lines.on('line', take);
  lines.once('SIGINT', () => {
    lines.close();
  });
  lines.once('close', () => {
    isClosed = true;
    take(null);
  });
  const readLine = async (question: string, fallback: string): Promise<string> => {
    lines.setPrompt(`${style('strong', question)} ${style('quiet', `[${fallback}]`)} `);
    lines.prompt();
    const line =
      typed.shift() ?? (isClosed ? null : await new Promise<string | null>((resolve) => (waiting = resolve)));
    if (line === null) {
      process.stdout.write('\n');
      throw new CliError(exitCode.interrupted, 'cancelled: no file was written');
    }
    const text = line.trim();
    return text === '' ? fallback : text;
  };
  const questions: Questions = {
    async ask(question, fallback, read) {
      for (;;) {
        const answer = read(await readLine(question, fallback));
        if ('value' in answer) return answer.value;
        process.stdout.write(`  ${style('bad', answer.problem)}\n`);
      }
    },
    choose(question, options, fallback) {
      const width = Math.max(...options.map(({ value }) => value.length));
      for (const [index, { value, text }] of options.entries())
        process.stdout.write(`  ${String(index + 1)}  ${value.padEnd(width)}  ${style('quiet', text)}\n`);
      return questions.ask(question, fallback, (text) => {
        const found = options.find(({ value }, index) => value === text.toLowerCase() || String(index + 1) === text);
        const names = options.map(({ value }) => value).join(', ');
        return found === undefined
          ? { problem: `${text} is none of them: type a number from 1 to ${String(options.length)}, or ${names}` }
          : { value: found.value };
      });
    },
    confirm(question) {
      return questions.ask(question, 'yes', (text) => {
        if (/^y(es)?$/i.test(text)) return { value: true };
        return /^no?$/i.test(text) ? { value: false } : { problem: 'answer yes or no' };
      });
    },
    close() {
      lines.close();
    },
  };
  return questions;
}
