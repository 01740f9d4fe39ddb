export type Case = {
  card?: string;
} & (
  | {
      card: string;
      billing: string;
    }
  | {
      card?: never;
    }
);
