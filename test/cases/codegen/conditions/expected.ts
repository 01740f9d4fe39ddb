export type Case = {
  kind: 'a' | 'b';
} & (
  | {
      kind: 'a';
      x: string;
    }
  | {
      y: number;
    }
);
