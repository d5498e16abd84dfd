/** Says aloud that tests against something real were left out, and why: a test that is not there is not seen. */
export function leftOut(what: string, why: string): void {
  it(`LEFT OUT against ${what}: ${why}`, () => {
    console.warn(`The tests against ${what} were left out: ${why}`);
    expect(why).not.toBe('');
  });
}
