import { placed } from './placed.js';

it.each([
  ['Demo one', 'Demo one in production'],
  ['orders (production)', 'orders (production)'],
])('tells where %s is, once', (title, told) => {
  expect(placed(title, 'production')).toBe(told);
});
