/** How long the lease of an ordered group is held without being lengthened, in milliseconds. */
export const leaseMs = 10_000;
