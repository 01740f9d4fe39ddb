export type Case = {
  card?: string;
  city?: string;
  zip?: string;
} & (
  | {
      city: string;
      zip: string;
    }
  | {
      city?: never;
    }
) & (
  | {
      card: string;
      billing: string;
    }
  | {
      card?: never;
    }
);
