/** A resource with its environment; titles often name it already. */
export function placeWords({ title, environment }: { title: string; environment: string }): string {
  return title.includes(environment) ? title : `${title} (${environment})`;
}
