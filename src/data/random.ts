/** The random numbers of csn; they lie at the root because the network draws from them too. */
export * from "../random.ts";
