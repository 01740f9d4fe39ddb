export type Case =
  | string
  | number
  | boolean
  | unknown[]
  | {
      a: string;
    }
  | null;
