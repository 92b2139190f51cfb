/**
 * Raised when the same post or feed comes out with other bytes than before: `sync` and the next
 * build then make everything anew. `test/revision.test.ts` tells when that is so.
 */
export const revision = 1;
