export type Case = {
  a: string;
  list?: number[];
  deep?: {
    x: number;
  };
  nullable?: {
    y?: number;
  } | null;
};
