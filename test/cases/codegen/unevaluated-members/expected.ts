export type Case = {
  labels: Named & {
    [key: string]: number | string | undefined;
  };
  pair: [string?];
  open?: Named & {
    [key: string]: unknown;
  };
};

export type Named = {
  name?: string;
};
