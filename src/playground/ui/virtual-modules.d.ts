declare module 'virtual:emoji' {
  /** Character, short names separated by blanks (the first is the canonical one), search words, group. */
  const rows: readonly (readonly [string, string, string, number])[];
  export default rows;
}
