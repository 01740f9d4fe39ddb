export type Case = {
  code?: string;
  region?: string;
  extra?: number;
};
