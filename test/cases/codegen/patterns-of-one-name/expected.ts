export type Case = {
  level?: 'low' | 'high';
  en: string;
  [key: `x-${string}`]: number;
};
