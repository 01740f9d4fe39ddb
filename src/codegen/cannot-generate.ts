/** A valid schema that no code is made of: what is asked of it is out of reach, or its code would be too large. */
export class CannotGenerate extends Error {}

/** Characters of one generated file. A schema of the largest size that is registered stays far below. */
export const maxTextLength = 16 * 1024 * 1024;
