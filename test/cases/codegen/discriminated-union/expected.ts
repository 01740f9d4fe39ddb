export type Case = {
  id: string;
} & (
  | Card
  | BankTransfer
  | {
      kind: 'cash';
    }
);

export type Card = {
  kind: 'card';
  number: string;
};

export type BankTransfer = {
  kind: 'bank';
  iban: string;
};
