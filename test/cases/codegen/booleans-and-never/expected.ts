export type Case = {
  any: unknown;
  never?: never;
  none?: never;
  notText?: number | boolean | unknown[] | { [key: string]: unknown } | null;
};
