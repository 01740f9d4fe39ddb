/** How strings of a checked format are printed: as plain strings, or as types of their own. */
export const formatStyles = ['plain', 'branded'] as const;
export type FormatStyle = (typeof formatStyles)[number];
