import { fromField, toField } from './field-value.js';

describe('what a field holds', () => {
  it('gives back the very moment it was given, whatever the zone', () => {
    const seconds = Math.floor(new Date(2026, 6, 1, 9, 30).getTime() / 1000);
    expect(toField('datetime-local', seconds)).toBe('2026-07-01T09:30');
    expect(fromField('datetime-local', toField('datetime-local', seconds))).toBe(seconds);
  });

  it('is empty for what is not there', () => {
    expect(toField('text', undefined)).toBe('');
    expect(toField('datetime-local', 'soon')).toBe('');
  });

  it('leaves text, numbers and dates as they were typed', () => {
    expect(fromField('number', '007')).toBe('007');
    expect(toField('date', '2026-11-23')).toBe('2026-11-23');
  });
});
