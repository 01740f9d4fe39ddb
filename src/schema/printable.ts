/** Control characters and lone surrogates have no place in a name: it is shown to people and handed to brokers and spreadsheets. */
export const printable = /^[^\p{Cc}\p{Cs}]+$/u;
