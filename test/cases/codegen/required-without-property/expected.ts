export type Case = {
  c: string;
  a: boolean;
  b: number;
  [key: `b${string}`]: number;
  [key: string]: boolean | number | string;
};
