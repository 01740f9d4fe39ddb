export type Case = {
  point?: [number, number];
  some?: ['a' | 'b', ...('a' | 'b')[]];
  two?: [string, string, ...string[]];
  capped?: string[];
  none?: [];
};
