import { coverageRules } from './coverage-rules.js';
import { keyRules } from './key-rules.js';
import { prerequisiteRules } from './prerequisite-rules.js';
import type { CheckRule } from './rule.js';
import { valueRules } from './value-rules.js';

/** Every rule. A new rule is an entry in the list of its kind. */
export const allRules: readonly CheckRule[] = [...valueRules, ...keyRules, ...coverageRules, ...prerequisiteRules];
