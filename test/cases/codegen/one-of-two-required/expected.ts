export type Case = {
  email?: string;
  phone?: string;
} & (
  | {
      email: string;
    }
  | {
      phone: string;
    }
);
