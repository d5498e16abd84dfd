import { ResponseUrls } from './response-urls.js';

describe('response URLs', () => {
  let now = 0;
  const urls = new ResponseUrls(() => now);
  const target = { user: 'U1', channel: 'C1', ephemeral: false };

  it('take five answers and no sixth', () => {
    const token = urls.issue(target);
    for (let use = 0; use < 5; use += 1) expect(urls.use(token)).toEqual(target);
    expect(() => urls.use(token)).toThrow('used_url');
  });

  it('last thirty minutes', () => {
    const token = urls.issue(target);
    now += 30 * 60_000;
    expect(urls.use(token)).toEqual(target);
    now += 1;
    expect(() => urls.use(token)).toThrow('expired_url');
  });
});
