export type Case = {
  a: string | null;
  b: {
    x: number;
  } | null;
  c: string[] | null;
};
