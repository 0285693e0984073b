/** The fields of a form that the body must hold at most once each. */
export function readForm(body: unknown): (name: string) => string | null {
  const form = new URLSearchParams(typeof body === 'string' ? body : '');
  return (name) => (form.getAll(name).length === 1 ? form.get(name) : null);
}
