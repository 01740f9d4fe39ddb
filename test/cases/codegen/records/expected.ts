export type Case = {
  scores?: {
    [key: string]: number;
  };
  mixed?: {
    name?: string;
    [key: string]: number | string | undefined;
  };
  headers?: {
    [key: `x-${string}`]: string;
  };
  coded?: {
    [key: string]: string;
  };
  known?: {
    a?: number;
    b?: number;
  };
  any?: { [key: string]: unknown };
  open?: {
    id?: string;
    [key: string]: unknown;
  };
  none?: { [key: string]: never };
};
