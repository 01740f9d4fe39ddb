export type Case = {
  method: 'card' | 'cash';
  amount?: number;
} & (
  | {
      method: 'card';
      /** Last four digits. */
      last4: string;
    }
  | {
      method: 'cash';
    }
);
