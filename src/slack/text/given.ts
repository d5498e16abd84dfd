/** What people see of a secret parameter. */
export const GIVEN = '•••• (given)';
