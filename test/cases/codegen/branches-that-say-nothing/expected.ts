export type Case = {
  a?: string;
  deep?: {
    k?: string;
    m?: number;
  } | null;
  b?: string;
  c?: number;
};

export type More = {
  c: number;
};
