export type Case = {
  byCode?: {
    [key: string]: number;
  };
  both?: {
    id: string;
    [key: `${string}_at`]: number | boolean;
    [key: `${string}:${string}`]: boolean | number;
  };
};
