// The rules a machine can hold. Where the typescript-eslint set and the style of the house differ, the reason is here.
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Shapes of code the house does without; each message says what to do instead. */
const withoutBarrels = [
  {
    // What a package calls `default` may get a name in the one file that wraps the package.
    selector: 'ExportAllDeclaration, ExportNamedDeclaration[source.value=/^\\./]',
    message: 'No barrel files: import from the file that has it.',
  },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that a thing is called the same everywhere.' },
];
const withoutClasses = [
  { selector: 'TSEnumDeclaration', message: 'A union of literals, or a table `as const`, says it without code.' },
  {
    selector: ':matches(ClassDeclaration, ClassExpression):not([superClass])',
    message: 'A function that returns an object does it; a class is for extending what a library wants extended.',
  },
];

export default defineConfig(
  globalIgnores(['dist/', 'dist-*/', '.venv/', 'data/', 'lineage/', 'schemas/', '**/*.generated.ts']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      'no-else-return': 'error',
      'no-param-reassign': 'error',
      'no-useless-rename': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `typeof import('…')` is how a module that is loaded when first needed gets its type.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-shadow': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      // Zero and the empty text are values: asking for them by truth is how a gap becomes an answer.
      '@typescript-eslint/strict-boolean-expressions': ['error', { allowNumber: false, allowString: false }],
      // A cast that narrows is a claim nobody checked; `as const`, `satisfies` and widening are not casts in this sense.
      '@typescript-eslint/no-unsafe-type-assertion': 'error',
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        { assertionStyle: 'as', objectLiteralTypeAssertions: 'never', arrayLiteralTypeAssertions: 'never' },
      ],
      // Numbers and booleans print as one expects; the rule stays for objects and nulls.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // A contract may be asynchronous where one of its implementations has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // The words of the tables (`string`, `Record`) are sometimes clearer as a type than as an interface, and back.
      '@typescript-eslint/consistent-type-definitions': 'off',
      'no-restricted-syntax': ['error', ...withoutBarrels, ...withoutClasses],
    },
  },
  {
    // A test or a bench reads foreign JSON and builds wrong values on purpose.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-type-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  {
    // These are read by a tool that wants a default export.
    files: ['vitest*.config.ts', 'test/global-setup.ts'],
    rules: { 'no-restricted-syntax': ['error', ...withoutClasses] },
  },
);
