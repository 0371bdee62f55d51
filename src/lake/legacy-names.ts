/*
 * Names in the files of a lake that earlier versions of pipe wrote. Readers accept them; writers use today's names.
 */

/** The coverage state `unavailable` in logs, checkpoints and spools. */
export const legacyUnavailable = 'lost';

/** Keys in the headers of spool records, by today's keys. */
export const legacyHeaderKeys = { closedWindows: 'settled', reason: 'note', priceType: 'what' } as const;
