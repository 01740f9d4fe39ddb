export type Case = {
  name: string;
  children?: Case[];
  next?: Case | null;
  tree?: Tree;
};

export type Tree =
  | string
  | Tree[]
  | {
      [key: string]: Tree;
    };
