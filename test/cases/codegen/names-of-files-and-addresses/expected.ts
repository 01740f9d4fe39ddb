export type Case = {
  a?: PostalAddress;
  b?: Money;
  c?: Person;
};

/** Postal address */
export type PostalAddress = {
  street?: string;
};

export type Money = number;

export type Person = string;
