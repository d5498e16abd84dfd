/** A title with its environment, unless it tells already: "Demo one in production", but "orders (production)". */
export function placed(title: string, environment: string): string {
  return title.includes(environment) ? title : `${title} in ${environment}`;
}
