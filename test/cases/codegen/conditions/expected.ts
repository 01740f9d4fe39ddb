export type Case = {
  kind: 'a' | 'b';
} & (
  | {
      kind: 'a';
      x: string;
    }
  | {
      kind: 'b';
      y: number;
    }
);
