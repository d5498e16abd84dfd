declare module 'virtual:emoji' {
  /** Character, short names separated by blanks (the first is the canonical one), search words. */
  const rows: readonly (readonly [string, string, string])[];
  export default rows;
}
